using System.Globalization;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Alarms;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Enterprise;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Sites;

namespace IndustrialTwin.Twins;

/// <summary>Snapshots for people to read.</summary>
internal static class TwinText
{
    private static readonly string[] AlarmHeader = ["ALARM", "STATE", "PRIORITY", "FEATURE", "VALUE", "LIMIT", "RAISED", "ACKNOWLEDGED BY"];

    /// <summary>A snapshot in full.</summary>
    public static Task WriteAsync(TextWriter output, object snapshot) => snapshot switch
    {
        EnterpriseSnapshot enterprise => WriteAsync(output, enterprise),
        SiteSnapshot site => WriteAsync(output, site),
        LineSnapshot line => WriteAsync(output, line),
        MachineSnapshot machine => WriteAsync(output, machine),
        NodeSnapshot node => WriteAsync(output, node),
        AcceleratorSnapshot accelerator => WriteAsync(output, accelerator),
        _ => throw new ArgumentException($"{snapshot.GetType().Name} is no snapshot.", nameof(snapshot)),
    };

    /// <summary>What changes in a snapshot, in one line.</summary>
    public static string Line(object snapshot) => snapshot switch
    {
        SiteSnapshot { Lines: var lines } site => $"{site.Site}  {site.Health}  "
            + $"{lines.Sum(line => line.MachinesRunning)} of {lines.Sum(line => line.Machines)} machines run, "
            + $"{lines.Sum(line => line.AlarmsActive)} alarms active, {lines.Sum(line => line.AlarmsUnacknowledged)} to acknowledge",
        LineSnapshot { Summary: var line } => $"{line.Line}  {line.Health}  {line.MachinesRunning} of {line.Machines} machines run, "
            + $"{line.AlarmsActive} alarms active, {line.AlarmsUnacknowledged} to acknowledge",
        MachineSnapshot machine => $"{machine.Summary.Machine}  {machine.Summary.Health}  {machine.Summary.Running}  {string.Join("  ",
            machine.Channels.Select(channel => $"{channel.Channel}={Number(channel.Value)}{(channel.Unit.Length > 0 ? " " : string.Empty)}{channel.Unit}")
                .Concat(machine.Features.Select(feature => $"{feature.Feature}={Number(feature.Value)}"))
                .Concat(machine.Summary.Alarms.Select(alarm => $"[{alarm.Name}: {alarm.Condition}]")))}",
        NodeSnapshot node => $"{node.Node}  load {Percent(node.CpuLoad)}  {Bytes(node.MemoryUsedBytes)} used  {node.Activations} grains",
        AcceleratorSnapshot device => $"{device.Accelerator}  {(device.IsHealthy ? "healthy" : "not healthy")}  "
            + $"{device.QueueJobs} jobs wait, {device.JobsDone} done in {device.Launches} launches, "
            + $"{device.JobsRefused} refused, {device.JobsExpired} expired, {device.JobsFailed} failed",
        _ => throw new ArgumentException($"{snapshot.GetType().Name} is no snapshot.", nameof(snapshot)),
    };

    /// <summary>Alarms as a table, with the machine of each where they are of several.</summary>
    public static Task WriteAlarmsAsync(TextWriter output, IEnumerable<AlarmSnapshot> alarms, bool withMachine) => TextTable.WriteAsync(
        output,
        withMachine ? ["MACHINE", .. AlarmHeader] : AlarmHeader,
        alarms.Select(alarm => (string[])
        [
            .. withMachine ? [alarm.Machine.Value] : Array.Empty<string>(),
            alarm.Name,
            alarm.Condition == AlarmCondition.Shelved ? $"Shelved until {Time(alarm.ShelvedUntilUs)}" : $"{alarm.Condition}",
            $"{alarm.Priority}",
            alarm.Feature,
            Number(alarm.Value),
            $"{(alarm.Side == AlarmSide.High ? ">" : "<")} {Number(alarm.Limit)}",
            Time(alarm.RaisedUs),
            alarm.AcknowledgedBy ?? "-",
        ]));

    public static string Number(double value) => double.IsNaN(value) ? "-" : value.ToString("G6", CultureInfo.InvariantCulture);

    /// <summary>A time in UTC; a dash for none.</summary>
    public static string Time(long? timeUs)
    {
        const long LastUs = 253_402_300_799_999_999;
        return timeUs switch
        {
            null => "-",
            < 0 or > LastUs => $"{timeUs} µs",
            _ => DateTime.UnixEpoch.AddMicroseconds(timeUs.Value).ToString("yyyy-MM-dd HH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        };
    }

    private static async Task WriteAsync(TextWriter output, EnterpriseSnapshot enterprise)
    {
        await output.WriteLineAsync($"sites  {Names(enterprise.Sites)}");
        await output.WriteLineAsync($"nodes  {Names(enterprise.Nodes)}");
    }

    private static async Task WriteAsync(TextWriter output, SiteSnapshot site)
    {
        await output.WriteLineAsync($"{site.Title}: {Line(site)}, availability {Percent(site.Availability)}");
        string[] header = ["LINE", "TITLE", "HEALTH", "RUNNING", "ALARMS", "UNACKNOWLEDGED", "AVAILABILITY"];
        await TextTable.WriteAsync(output, header, site.Lines.Select(line => (string[])
        [
            line.Line.Value, line.Title, $"{line.Health}", $"{line.MachinesRunning}/{line.Machines}",
            $"{line.AlarmsActive}", $"{line.AlarmsUnacknowledged}", Percent(line.Availability),
        ]));
    }

    private static async Task WriteAsync(TextWriter output, LineSnapshot line)
    {
        await output.WriteLineAsync($"{line.Summary.Title}: {Line(line)}, availability {Percent(line.Summary.Availability)}");
        string[] header = ["MACHINE", "TITLE", "TYPE", "HEALTH", "STATE", "ALARMS", "AVAILABILITY", "LAST SAMPLE"];
        await TextTable.WriteAsync(output, header, line.Machines.Select(machine => (string[])
        [
            machine.Machine.Value, machine.Title, machine.Type, $"{machine.Health}", $"{machine.Running}",
            $"{machine.Alarms.Length}", Percent(machine.Availability), Time(machine.LastSampleUs),
        ]));
    }

    private static async Task WriteAsync(TextWriter output, MachineSnapshot machine)
    {
        var (summary, counts) = (machine.Summary, machine.Counts);
        await output.WriteLineAsync(
            $"{summary.Title}: {summary.Machine}  {summary.Type}  {summary.Health}  {summary.Running}, "
            + $"availability {Percent(summary.Availability)}{(machine.IsDeclared ? string.Empty : "  (retired)")}");
        await output.WriteLineAsync(
            $"batches   {counts.BatchesAccepted} accepted, {counts.BatchesDuplicate} duplicate, {counts.BatchesRejected} rejected, "
            + $"{counts.SequenceGaps} missing");
        await output.WriteLineAsync($"samples   {counts.SamplesAccepted} accepted, {counts.SamplesQuarantined} in quarantine, {counts.SamplesLate} late");
        await output.WriteLineAsync(
            $"analysed  {machine.AnalysedPosition} of {machine.LogPosition} log entries, event time {Time(machine.WatermarkUs)}, "
            + $"by {machine.Accelerator ?? "no accelerator yet"}");
        await output.WriteLineAsync();
        await TextTable.WriteAsync(output, ["CHANNEL", "VALUE", "UNIT", "TIME"], machine.Channels.Select(channel => (string[])
            [channel.Channel, Number(channel.Value), channel.Unit, Time(channel.TimeUs)]));
        await output.WriteLineAsync();
        await TextTable.WriteAsync(output, ["FEATURE", "VALUE", "LIMIT", "TIME"], machine.Features.Select(feature => (string[])
            [feature.Feature, Number(feature.Value), Number(feature.Limit ?? double.NaN), Time(feature.TimeUs)]));
        await output.WriteLineAsync();
        await WriteAlarmsAsync(output, machine.Alarms, withMachine: false);
    }

    private static async Task WriteAsync(TextWriter output, NodeSnapshot node)
    {
        await output.WriteLineAsync($"{Line(node)}");
        await output.WriteLineAsync(
            $"{node.Tier} tier, site {(node.Site.Length > 0 ? node.Site : "any")}, region {(node.Region.Length > 0 ? node.Region : "-")}, {node.Processors} processors, "
            + $"{Bytes(node.MemoryBytes)} memory, up since {Time(node.StartedUs)}");
        await output.WriteLineAsync($"accelerators  {Names(node.Accelerators)}");
    }

    private static async Task WriteAsync(TextWriter output, AcceleratorSnapshot device)
    {
        await output.WriteLineAsync($"{device.Name} ({device.Kind}, {Bytes(device.MemoryBytes)}): {Line(device)}");
        await output.WriteLineAsync(
            FormattableString.Invariant($"busy {device.BusyMs / 1000:0.000} s over {device.Windows} windows; last error: {device.LastError ?? "none"}"));
    }

    private static string Names<T>(T[] keys) => keys.Length == 0 ? "-" : string.Join(", ", keys);

    private static string Percent(double? share) => share is { } value ? FormattableString.Invariant($"{100 * value:0.0} %") : "-";

    private static string Bytes(long bytes) => FormattableString.Invariant($"{bytes / 1e9:0.00} GB");
}
