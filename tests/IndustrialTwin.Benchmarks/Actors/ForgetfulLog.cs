using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using IndustrialTwin.Analyses;
using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Benchmarks.Actors;

/// <summary>A log that says yes at once and keeps no samples, so that what a twin costs can be seen without it.</summary>
internal sealed class ForgetfulLog : ISampleLog
{
    private readonly ConcurrentDictionary<MachineKey, ConcurrentQueue<LoggedEntry>> _events = new();
    private long _position;
    private long _reads;

    public LogHealth Health { get; } = new(true, null);

    public ValueTask<long> ClaimAsync(MachineKey machine, CancellationToken cancellationToken) => new(1);

    /// <summary>How often twins read: each once when it wakes up. More would have needed samples, and so did less than it should.</summary>
    public long Reads => Interlocked.Read(ref _reads);

    /// <summary>Forgets the events too, which a database would have and not this process.</summary>
    public void Clear() => _events.Clear();

    public ValueTask<AppendReply> AppendAsync(LogEntry entry, CancellationToken cancellationToken)
    {
        var position = Interlocked.Increment(ref _position);
        if (entry.Kind == LogEntryKind.Event)
        {
            _events.GetOrAdd(entry.Machine, _ => new()).Enqueue(
                new LoggedEntry(position, entry.Kind, entry.Source, entry.Epoch, entry.Sequence, 0, 0, entry.Payload.ToArray()));
        }

        return new(new AppendReply(AppendOutcome.Committed, position));
    }

    public IAsyncEnumerable<LoggedEntry> ReadAsync(MachineKey machine, long afterPosition, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        return ReadEventsAsync(machine, afterPosition, cancellationToken);
    }

    /// <summary>All that it keeps; asking for events alone is not counted.</summary>
    public async IAsyncEnumerable<LoggedEntry> ReadEventsAsync(
        MachineKey machine, long afterPosition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var entry in _events.GetValueOrDefault(machine, []))
        {
            if (entry.Position > afterPosition)
            {
                yield return entry;
            }
        }
    }

    public ValueTask<SampleSeries> ReadSamplesAsync(MachineKey machine, SampleQuery query, CancellationToken cancellationToken) => new(new SampleSeries([], [], false));

    public ValueTask<bool> AppendFeatureAsync(FeatureBlock block, CancellationToken cancellationToken) => new(true);

    public ValueTask<FeatureSeries> ReadFeatureAsync(MachineKey machine, SampleQuery query, CancellationToken cancellationToken) =>
        new(new FeatureSeries([], [], [], [], false));

    public ValueTask QuarantineAsync(QuarantineRecord record, CancellationToken cancellationToken) => default;

    public ValueTask<IReadOnlyList<QuarantineRecord>> ReadQuarantineAsync(MachineKey? machine, int recordsMax, CancellationToken cancellationToken) => new([]);

    public ValueTask<LogTotals> ReadTotalsAsync(CancellationToken cancellationToken) => new(new LogTotals(0, 0, 0, 0));
}
