using IndustrialTwin.Samples;

namespace IndustrialTwin.Machines;

/// <summary>A log entry on its way to the twin: either a batch or an event.</summary>
internal sealed record TwinEntry(long Position, CommittedBatch? Batch, MachineEvent? Event)
{
    public static TwinEntry Of(CommittedBatch batch) => new(batch.Position, batch, null);
}
