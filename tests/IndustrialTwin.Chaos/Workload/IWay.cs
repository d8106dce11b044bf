using IndustrialTwin.Samples;

namespace IndustrialTwin.Chaos;

/// <summary>A way for batches into the cluster.</summary>
internal interface IWay : IAsyncDisposable
{
    /// <summary>Tries once; answers whether it was acknowledged. May throw, which is no.</summary>
    Task<bool> SendAsync(SampleBatch batch, CancellationToken cancellationToken);
}
