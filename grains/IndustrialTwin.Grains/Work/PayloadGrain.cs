using IndustrialTwin.Accelerators;
using IndustrialTwin.Nodes;
using Orleans.Placement;

namespace IndustrialTwin.Work;

/// <summary>Gives out what its node's <see cref="NodePayloads"/> keep.</summary>
[GrainType("itwin.payload"), NodePlacement, Immovable]
internal sealed class PayloadGrain(NodePayloads payloads) : Grain, IPayloadGrain
{
    /// <inheritdoc/>
    public Task<ComputeRequest?> Fetch(long number) => Task.FromResult(payloads.Find(number));

    /// <inheritdoc/>
    public Task<ComputeRequest?> FetchNewest(long number, long from)
    {
        var request = payloads.Find(number);
        return Task.FromResult(request is SlidingRequest sliding
            ? sliding with { Samples = sliding.Samples[^(int)Math.Clamp(sliding.End - from, 0, sliding.Samples.Length)..] }
            : request);
    }
}
