using System.Runtime.CompilerServices;
using IndustrialTwin.Analyses;
using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;

namespace IndustrialTwin.Samples;

/// <summary>
/// The durable log: everything that a twin's state follows from, in one order per machine. One instance a silo; many silos may
/// share a database. All writes of a silo pass one group-commit writer.
/// </summary>
public interface ISampleLog
{
    /// <summary>
    /// Claims a machine for one activation: entries of earlier claims are refused from here on, and all that they committed is
    /// visible to <see cref="ReadAsync"/>.
    /// </summary>
    /// <returns>The machine's new fence, higher than every one before; 1 for a machine never seen.</returns>
    /// <exception cref="LogUnavailableException">The database cannot be reached.</exception>
    ValueTask<long> ClaimAsync(MachineKey machine, CancellationToken cancellationToken);

    /// <summary>Appends an entry together with its quarantine records, all or nothing, and returns after the commit.</summary>
    /// <exception cref="LogUnavailableException">
    /// The writer's queue is full and nothing was written; or the commit failed, and whether it was written is in doubt
    /// (<see cref="LogUnavailableException.IsInDoubt"/>) until the machine is claimed again.
    /// </exception>
    /// <exception cref="InvalidDataException">The database refuses the entry itself, however often it is tried.</exception>
    ValueTask<AppendReply> AppendAsync(LogEntry entry, CancellationToken cancellationToken);

    /// <summary>A machine's entries with a higher position than <paramref name="afterPosition"/>, in the order of their positions.</summary>
    /// <exception cref="LogUnavailableException">The database cannot be reached.</exception>
    IAsyncEnumerable<LoggedEntry> ReadAsync(MachineKey machine, long afterPosition, CancellationToken cancellationToken);

    /// <summary>What <see cref="ReadAsync"/> reads, without the batches.</summary>
    /// <exception cref="LogUnavailableException">The database cannot be reached.</exception>
    async IAsyncEnumerable<LoggedEntry> ReadEventsAsync(MachineKey machine, long afterPosition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in ReadAsync(machine, afterPosition, cancellationToken))
        {
            if (entry.Kind == LogEntryKind.Event)
            {
                yield return entry;
            }
        }
    }

    /// <summary>A stretch of a channel out of the logged batches, ordered by time; of equal times the first logged counts.</summary>
    /// <exception cref="LogUnavailableException">The database cannot be reached.</exception>
    /// <exception cref="InvalidDataException">An entry cannot be decoded; the message names the machine and the position.</exception>
    ValueTask<SampleSeries> ReadSamplesAsync(MachineKey machine, SampleQuery query, CancellationToken cancellationToken);

    /// <summary>Keeps computed points. Points of a time that is kept already are the same points and change nothing.</summary>
    /// <returns>False where the fence is stale and nothing was written.</returns>
    /// <exception cref="LogUnavailableException">It could not be committed, or the writer's queue is full.</exception>
    ValueTask<bool> AppendFeatureAsync(FeatureBlock block, CancellationToken cancellationToken);

    /// <summary>A stretch of a feature, ordered by time.</summary>
    /// <exception cref="LogUnavailableException">The database cannot be reached.</exception>
    /// <exception cref="InvalidDataException">A block cannot be decoded; the message names the machine, the feature and the position.</exception>
    ValueTask<FeatureSeries> ReadFeatureAsync(MachineKey machine, SampleQuery query, CancellationToken cancellationToken);

    /// <summary>Keeps a payload that no twin could take, and returns after the commit.</summary>
    /// <exception cref="LogUnavailableException">It could not be committed, or the writer's queue is full.</exception>
    ValueTask QuarantineAsync(QuarantineRecord record, CancellationToken cancellationToken);

    /// <summary>The newest quarantine records first, at most <paramref name="recordsMax"/>, of one machine or of all.</summary>
    ValueTask<IReadOnlyList<QuarantineRecord>> ReadQuarantineAsync(MachineKey? machine, int recordsMax, CancellationToken cancellationToken);

    /// <summary>How much the log holds.</summary>
    ValueTask<LogTotals> ReadTotalsAsync(CancellationToken cancellationToken);

    /// <summary>Whether the last attempt to reach the database succeeded, with the reason where it did not.</summary>
    LogHealth Health { get; }
}

/// <summary>Whether the log can be written.</summary>
/// <param name="IsAvailable">Whether the last write or probe succeeded.</param>
/// <param name="Detail">Why not, or null.</param>
public sealed record LogHealth(bool IsAvailable, string? Detail);

/// <summary>How much a log holds.</summary>
/// <param name="Batches">Logged batches.</param>
/// <param name="Samples">Good samples in them.</param>
/// <param name="QuarantineRecords">Quarantine records.</param>
/// <param name="QuarantinedSamples">Bad samples in them.</param>
public sealed record LogTotals(long Batches, long Samples, long QuarantineRecords, long QuarantinedSamples);
