using System.CommandLine;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Grid;
using IndustrialTwin.Lines;
using IndustrialTwin.Sites;
using IndustrialTwin.Twins;

namespace IndustrialTwin.Alarms;

/// <summary><c>itwin alarms</c>: the alarms that are not normal.</summary>
internal sealed class AlarmsCommand : Command
{
    public AlarmsCommand(Terminal terminal)
        : base("alarms", "Lists the alarms that are not normal, the most urgent first.")
    {
        var below = new Argument<string?>("key") { Description = "Only those of this site, line or machine.", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "As JSON." };
        Arguments.Add(below);
        Options.Add(json);
        var grid = new GridOptions(this);
        SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await grid.ConnectAsync(parsed, cancellationToken);
            var alarms = await ReadAsync(connection, parsed.GetValue(below), cancellationToken);
            if (parsed.GetValue(json))
            {
                await terminal.Out.WriteLineAsync(TwinJson.Text(alarms, indented: true));
            }
            else if (alarms.Length == 0)
            {
                await terminal.Out.WriteLineAsync("No alarms.");
            }
            else
            {
                await TwinText.WriteAlarmsAsync(terminal.Out, alarms, withMachine: true);
            }

            return ExitCode.Done;
        });
    }

    private static async Task<AlarmSnapshot[]> ReadAsync(GridConnection grid, string? below, CancellationToken cancellationToken)
    {
        var finder = new TwinFinder(grid);
        if (below is not null)
        {
            await finder.FindAsync(below, cancellationToken); // Tells of a key that there is not.
        }

        var found = new List<AlarmSnapshot>();
        foreach (var site in (await finder.EnterpriseAsync(cancellationToken)).Sites.Where(site => below is null || below.Split('/')[0] == site.Value))
        {
            var lines = (await grid.CallAsync(grid.Grains.GetGrain<ISiteGrain>(site.Value).GetSnapshot(), $"Site {site}", cancellationToken)).Lines;
            foreach (var line in lines.Where(line => below is null || IsAtOrBelow(line.Line.Value, below) || IsAtOrBelow(below, line.Line.Value)))
            {
                var snapshot = await grid.CallAsync(grid.Grains.GetGrain<ILineGrain>(line.Line.Value).GetSnapshot(), $"Line {line.Line}", cancellationToken);
                found.AddRange(snapshot.Machines.SelectMany(machine => machine.Alarms));
            }
        }

        return
        [
            .. found.Where(alarm => below is null || IsAtOrBelow(alarm.Machine.Value, below))
                .OrderBy(alarm => Urgency(alarm.Condition))
                .ThenByDescending(alarm => alarm.Priority)
                .ThenBy(alarm => alarm.Machine.Value, StringComparer.Ordinal)
                .ThenBy(alarm => alarm.Name, StringComparer.Ordinal),
        ];
    }

    private static bool IsAtOrBelow(string key, string above) => key == above || key.StartsWith(above + "/", StringComparison.Ordinal);

    private static int Urgency(AlarmCondition condition) => condition switch
    {
        AlarmCondition.Unacknowledged => 0,
        AlarmCondition.Acknowledged => 1,
        AlarmCondition.ReturnedToNormal => 2,
        _ => 3,
    };
}
