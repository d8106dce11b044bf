using IndustrialTwin.Machines;

namespace IndustrialTwin.Samples;

/// <summary>Who a batch is given to: the twin of its machine.</summary>
internal interface ISampleObserver
{
    /// <summary>Gives the batch to its twin; the answer comes after the commit.</summary>
    Task<ObserveReply> ObserveAsync(SampleBatch batch, CancellationToken cancellationToken);
}

/// <summary>Gives batches to the machine grains.</summary>
internal sealed class GrainSampleObserver(IGrainFactory grains) : ISampleObserver
{
    public Task<ObserveReply> ObserveAsync(SampleBatch batch, CancellationToken cancellationToken) =>
        grains.GetGrain<IMachineGrain>(batch.Machine.Value).Observe(batch, cancellationToken);
}
