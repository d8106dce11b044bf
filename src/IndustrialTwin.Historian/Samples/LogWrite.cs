using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;

namespace IndustrialTwin.Samples;

/// <summary>A write that waits for its commit. The store leaves its result here; the writer hands it on after the commit.</summary>
internal abstract class LogWrite
{
    /// <summary>About how many bytes it holds.</summary>
    public abstract long Bytes { get; }

    public abstract void Complete();

    public abstract void Fail(Exception fault);
}

/// <inheritdoc cref="LogWrite"/>
internal abstract class LogWrite<TResult> : LogWrite
{
    private readonly TaskCompletionSource<TResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TResult? Result { get; set; }

    public Task<TResult> Done => _done.Task;

    public override void Complete() => _done.TrySetResult(Result!);

    public override void Fail(Exception fault) => _done.TrySetException(fault);
}

internal sealed class ClaimWrite(MachineKey machine) : LogWrite<long>
{
    public MachineKey Machine { get; } = machine;

    public override long Bytes => 64;
}

internal sealed class EntryWrite(LogEntry entry) : LogWrite<AppendReply>
{
    public LogEntry Entry { get; } = entry;

    public override long Bytes { get; } = 128 + entry.Payload.Length + entry.Quarantined.Sum(record => (long)record.Payload.Length);
}

internal sealed class FeatureWrite(FeatureBlock block) : LogWrite<bool>
{
    public FeatureBlock Block { get; } = block;

    public byte[] Payload { get; } = FeatureBlockCodec.Encode(block);

    public override long Bytes => 128 + Payload.Length;
}

internal sealed class QuarantineWrite(QuarantineRecord record) : LogWrite<bool>
{
    public QuarantineRecord Record { get; } = record;

    public override long Bytes { get; } = 128 + record.Payload.Length;
}
