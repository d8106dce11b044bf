using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;

namespace IndustrialTwin.Samples;

/// <summary>A write that waits for its commit. The store leaves its result here; the writer hands it on after the commit.</summary>
internal abstract class LogWrite
{
    /// <summary>About how many bytes it holds.</summary>
    public abstract long Bytes { get; }

    /// <summary>What it is, for an error.</summary>
    public abstract string Name { get; }

    public abstract void Complete();

    public abstract void Fail(Exception fault);
}

/// <inheritdoc cref="LogWrite"/>
internal abstract class LogWrite<TResult> : LogWrite
{
    private readonly TaskCompletionSource<TResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TResult? Result { get; set; }

    public Task<TResult> Done => _done.Task;

    /// <summary>Waits for the result, or until the wait is given up. The write cannot be taken back, and may be committed all the same.</summary>
    public async Task<TResult> WaitAsync(CancellationToken cancellationToken)
    {
        using var given = cancellationToken.UnsafeRegister(
            static (write, token) => ((LogWrite<TResult>)write!)._done.TrySetCanceled(token), this);
        return await _done.Task;
    }

    public override void Complete() => _done.TrySetResult(Result!);

    public override void Fail(Exception fault) => _done.TrySetException(fault);
}

internal sealed class ClaimWrite(MachineKey machine) : LogWrite<long>
{
    public MachineKey Machine { get; } = machine;

    public override long Bytes => 64;

    public override string Name => $"{Machine}: a claim";
}

internal sealed class EntryWrite(LogEntry entry) : LogWrite<AppendReply>
{
    public LogEntry Entry { get; } = entry;

    public override long Bytes { get; } = 128 + entry.Payload.Length + entry.Quarantined.Sum(record => (long)record.Payload.Length);

    public override string Name => $"{Entry.Machine}: entry {Entry.Sequence} of source '{Entry.Source}', epoch {Entry.Epoch}";
}

internal sealed class FeatureWrite(FeatureBlock block) : LogWrite<bool>
{
    public FeatureBlock Block { get; } = block;

    public byte[] Payload { get; } = FeatureBlockCodec.Encode(block);

    public override long Bytes => 128 + Payload.Length;

    public override string Name => $"{Block.Machine}: points of feature '{Block.Feature}'";
}

internal sealed class QuarantineWrite(QuarantineRecord record) : LogWrite<bool>
{
    public QuarantineRecord Record { get; } = record;

    public override long Bytes { get; } = 128 + record.Payload.Length;

    public override string Name => $"{Record.Machine ?? Record.Topic}: a quarantine record";
}
