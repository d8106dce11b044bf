using System.Globalization;

namespace IndustrialTwin.Purges;

/// <summary>How much of a machine there is in a store, or was taken out of it.</summary>
/// <param name="Batches">Logged batches.</param>
/// <param name="Samples">Samples of them.</param>
/// <param name="Events">Logged events: declarations, alarm and control commands.</param>
/// <param name="Blocks">Stretches of computed points.</param>
/// <param name="QuarantineRecords">Quarantine records that name it.</param>
/// <param name="QuarantinedSamples">Bad samples of them.</param>
/// <param name="Checkpoints">States that its twin stored.</param>
/// <param name="Reminders">Reminders of its twin.</param>
internal sealed record HistoryCounts(
    long Batches = 0, long Samples = 0, long Events = 0, long Blocks = 0, long QuarantineRecords = 0, long QuarantinedSamples = 0, long Checkpoints = 0, long Reminders = 0)
{
    /// <summary>Both together.</summary>
    public static HistoryCounts operator +(HistoryCounts one, HistoryCounts other) => new(
        one.Batches + other.Batches, one.Samples + other.Samples, one.Events + other.Events, one.Blocks + other.Blocks,
        one.QuarantineRecords + other.QuarantineRecords, one.QuarantinedSamples + other.QuarantinedSamples,
        one.Checkpoints + other.Checkpoints, one.Reminders + other.Reminders);

    /// <summary>In a sentence.</summary>
    public override string ToString()
    {
        List<string> parts = [];
        Add(Batches, "batch", "batches", $" with {Number(Samples)} samples");
        Add(Events, "event", "events");
        Add(Blocks, "block of computed points", "blocks of computed points");
        Add(QuarantineRecords, "quarantine record", "quarantine records", $" with {Number(QuarantinedSamples)} samples");
        Add(Checkpoints, "checkpoint", "checkpoints");
        Add(Reminders, "reminder", "reminders");
        return parts.Count == 0 ? "nothing" : string.Join(", ", parts);

        void Add(long count, string one, string many, string more = "")
        {
            if (count > 0)
            {
                parts.Add($"{Number(count)} {(count == 1 ? one : many)}{more}");
            }
        }
    }

    private static string Number(long count) => count.ToString(CultureInfo.InvariantCulture);
}
