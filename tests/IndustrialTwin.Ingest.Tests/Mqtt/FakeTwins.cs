using System.Collections.Concurrent;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Mqtt;

/// <summary>Twins and a quarantine that keep in memory what they commit.</summary>
internal sealed class FakeTwins : ISampleObserver, IQuarantine
{
    internal const string UnknownName = "unknown";

    private readonly ConcurrentDictionary<(string, string, long, long), SampleBatch> _batches = new();
    private TaskCompletionSource _gate = Opened();

    internal ICollection<SampleBatch> Committed => _batches.Values;

    internal ConcurrentQueue<SampleBatch> Calls { get; } = new();

    internal ConcurrentQueue<QuarantineRecord> Quarantined { get; } = new();

    /// <summary>Whether the log can be written; asked once a call.</summary>
    internal Func<bool> IsAvailable { get; set; } = () => true;

    internal Func<SampleBatch, TimeSpan> CommitTime { get; set; } = _ => TimeSpan.Zero;

    internal void Hold() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    internal void Release() => _gate.TrySetResult();

    public async Task<ObserveReply> ObserveAsync(SampleBatch batch, CancellationToken cancellationToken)
    {
        Calls.Enqueue(batch);
        await _gate.Task.WaitAsync(cancellationToken);
        await Task.Delay(CommitTime(batch), cancellationToken);
        ThrowUnlessAvailable();
        if (batch.Machine.Name == UnknownName)
        {
            return ObserveReply.Rejected(QuarantineReason.UnknownMachine, $"Machine {batch.Machine}: no plant file declares it.");
        }

        return _batches.TryAdd((batch.Machine.Value, batch.Source, batch.Epoch, batch.Sequence), batch)
            ? new ObserveReply(ObserveOutcome.Accepted, batch.SampleCount, 0)
            : ObserveReply.Duplicate;
    }

    public ValueTask KeepAsync(QuarantineRecord record, CancellationToken cancellationToken)
    {
        ThrowUnlessAvailable();
        Quarantined.Enqueue(record);
        return ValueTask.CompletedTask;
    }

    private void ThrowUnlessAvailable()
    {
        if (!IsAvailable())
        {
            throw new LogUnavailableException("the disk is full");
        }
    }

    private static TaskCompletionSource Opened()
    {
        var gate = new TaskCompletionSource();
        gate.SetResult();
        return gate;
    }
}
