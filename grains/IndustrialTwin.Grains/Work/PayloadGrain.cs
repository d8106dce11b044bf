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
}
