using System.CommandLine;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Grid;
using IndustrialTwin.Sites;

namespace IndustrialTwin.Plants;

/// <summary><c>itwin apply</c>: makes a site's twins follow a plant file. Applying it again changes nothing.</summary>
internal sealed class ApplyCommand : Command
{
    public ApplyCommand(Terminal terminal)
        : base("apply", "Makes a site follow a plant file; machines that it names no longer are retired and keep their history.")
    {
        var file = new PlantFileArgument(this);
        var grid = new GridOptions(this);
        SetAction(async (parsed, cancellationToken) =>
        {
            if (await file.ReadAsync(parsed, terminal) is not { } site)
            {
                return ExitCode.Refused;
            }

            await using var connection = await grid.ConnectAsync(parsed, cancellationToken);
            var reply = await connection.CallAsync(
                connection.Grains.GetGrain<ISiteGrain>(site.Site.Value).Apply(site, cancellationToken), $"Site {site.Site}", cancellationToken);
            await terminal.Out.WriteLineAsync(
                $"Site {site.Site}: {reply.Added} machines added, {reply.Changed} changed, {reply.Unchanged} unchanged, {reply.Retired} retired.");
            return ExitCode.Done;
        });
    }
}
