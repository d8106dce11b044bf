using System.CommandLine;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Grid;

namespace IndustrialTwin.Twins;

/// <summary><c>itwin get</c>: a twin as it stands.</summary>
internal sealed class GetCommand : Command
{
    public GetCommand(Terminal terminal)
        : base("get", "Shows a twin: a site, line, machine, node or accelerator; without a key, which sites and nodes there are.")
    {
        var key = new Argument<string?>("key") { Description = "Such as wuhan/line-3/press-07.", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "As JSON." };
        Arguments.Add(key);
        Options.Add(json);
        var grid = new GridOptions(this);
        SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await grid.ConnectAsync(parsed, cancellationToken);
            var finder = new TwinFinder(connection);
            object snapshot;
            if (parsed.GetValue(key) is { } text)
            {
                var twin = await finder.FindAsync(text, cancellationToken);
                snapshot = await connection.CallAsync(twin.Read(), twin.Key, cancellationToken);
            }
            else
            {
                snapshot = await finder.EnterpriseAsync(cancellationToken);
            }

            await (parsed.GetValue(json) ? terminal.Out.WriteLineAsync(TwinJson.Text(snapshot, indented: true)) : TwinText.WriteAsync(terminal.Out, snapshot));
            return ExitCode.Done;
        });
    }
}
