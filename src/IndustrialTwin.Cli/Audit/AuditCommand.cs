using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Grid;

namespace IndustrialTwin.Audit;

/// <summary><c>itwin audit</c>: reads the audit log, and says whether it is as it was written.</summary>
internal sealed class AuditCommand : Command
{
    public AuditCommand(Terminal terminal)
        : base("audit", "The audit log: who did what, where and when, and whether the log is as it was written.")
    {
        Subcommands.Add(List(terminal));
        Subcommands.Add(Verify(terminal));
    }

    private static Command List(Terminal terminal)
    {
        var from = new Option<long>("--from") { Description = "The first record's number.", HelpName = "number", DefaultValueFactory = _ => 1 };
        var max = new Option<int>("--max") { Description = "How many records at most, 1 to 1000.", HelpName = "number", DefaultValueFactory = _ => 100 };
        var command = new Command("list", "Lists records, the oldest first.") { from, max };
        var grid = new GridOptions(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await grid.ConnectAsync(parsed, cancellationToken);
            var records = await connection.CallAsync(Log(connection).Read(parsed.GetValue(from), parsed.GetValue(max)), "The audit log", cancellationToken);
            await TextTable.WriteAsync(
                terminal.Out,
                ["NUMBER", "TIME", "WHO", "WHAT", "WHERE", "OUTCOME", "DETAIL"],
                records.Select(record => (string[])
                [
                    record.Number.ToString(CultureInfo.InvariantCulture), TimeText.Of(record.Event.TimeUs), record.Event.Who, record.Event.What, record.Event.Where,
                    record.Event.Outcome.ToString().ToLowerInvariant(), record.Event.Detail.ReplaceLineEndings(" "),
                ]));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Verify(Terminal terminal)
    {
        var anchor = new Option<AuditHead?>("--head") { Description = "A head that an earlier verify printed and that was kept elsewhere: the log must still hold it.", HelpName = "number:hash", CustomParser = ReadHead };
        var command = new Command("verify", "Reads the whole log and names the first record that was changed, removed or put elsewhere.") { anchor };
        var grid = new GridOptions(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await grid.ConnectAsync(parsed, cancellationToken);
            var verdict = await connection.CallAsync(Log(connection).Verify(parsed.GetValue(anchor)), "The audit log", cancellationToken);
            if (!verdict.IsGood)
            {
                throw new CommandFault($"The audit log is not as it was written: {verdict.Fault}.", ExitCode.Refused);
            }

            await terminal.Out.WriteLineAsync($"{verdict.Head.Number}:{verdict.Head.Hash}");
            await terminal.Error.WriteLineAsync($"{verdict.Records} records are as they were written. Keep the head elsewhere and give it to a later verify with --head.");
            return ExitCode.Done;
        });
        return command;
    }

    private static IAuditGrain Log(GridConnection connection) => connection.Grains.GetGrain<IAuditGrain>(IAuditGrain.Key);

    private static AuditHead? ReadHead(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text.Split(':') is [var number, { Length: 64 } hash] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var known))
        {
            return new AuditHead(known, hash.ToLowerInvariant());
        }

        result.AddError($"'{text}' is no head; expected number:hash as verify prints it.");
        return null;
    }
}
