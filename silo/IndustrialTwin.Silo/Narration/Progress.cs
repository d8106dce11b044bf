using System.Globalization;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Narration;

/// <summary>How the plant is, in one sentence.</summary>
internal static class Progress
{
    /// <summary>The sentence.</summary>
    /// <param name="totals">What the log holds.</param>
    /// <param name="rateHz">Samples stored a second of late.</param>
    /// <param name="lines">The lines of all sites.</param>
    public static string Sentence(LogTotals totals, double rateHz, IReadOnlyCollection<LineSummary> lines)
    {
        var (machines, running) = (lines.Sum(line => line.Machines), lines.Sum(line => line.MachinesRunning));
        var (active, waiting) = (lines.Sum(line => line.AlarmsActive), lines.Sum(line => line.AlarmsUnacknowledged));
        var critical = lines.Count(line => line.Health == MachineHealth.Critical);
        var parts = new List<string>
        {
            string.Create(CultureInfo.InvariantCulture, $"{totals.Samples:N0} samples stored ({rateHz:N0} a second)"),
            $"{running} of {machines} {Of(machines, "machine")} {(running == 1 ? "runs" : "run")}",
            active == 0 ? "no alarm is active" : $"{active} {Of(active, "alarm")} {(active == 1 ? "is" : "are")} active",
        };
        if (waiting > 0)
        {
            parts.Add($"{waiting} {(waiting == 1 ? "waits" : "wait")} to be acknowledged");
        }

        if (critical > 0)
        {
            parts.Add($"{critical} {Of(critical, "line")} {(critical == 1 ? "is" : "are")} critical");
        }

        if (totals.QuarantineRecords > 0)
        {
            parts.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{totals.QuarantineRecords:N0} {(totals.QuarantineRecords == 1 ? "record is" : "records are")} in quarantine"));
        }

        return string.Join(", ", parts) + ".";
    }

    private static string Of(int count, string noun) => count == 1 ? noun : noun + "s";
}
