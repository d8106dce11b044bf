using IndustrialTwin.Accelerators;
using IndustrialTwin.Identities;
using IndustrialTwin.Nodes;
using Orleans.Concurrency;

namespace IndustrialTwin.Work;

/// <summary>
/// A request whose payload stays at its node until a device wants it: work that waits in a queue or changes hands does not drag
/// megabytes along.
/// </summary>
/// <param name="Node">Where the payload is.</param>
/// <param name="Number">Its number there.</param>
/// <param name="Kernel">The request's kernel.</param>
/// <param name="Units">The request's units.</param>
[GenerateSerializer, Immutable, Alias("itwin.referred-request")]
public sealed record ReferredRequest(
    [property: Id(0)] NodeKey Node, [property: Id(1)] long Number, [property: Id(2)] string Kernel, [property: Id(3)] int Units) : ComputeRequest
{
    /// <summary>For sliding windows: their series, else null.</summary>
    [Id(4)]
    public Guid? Series { get; init; }

    /// <summary>For sliding windows: the position after the last sample.</summary>
    [Id(5)]
    public long End { get; init; }
}

/// <summary>Gives out the payloads that a node holds. It lives on the silo that runs there; its grain key is a <see cref="NodeKey"/> as text.</summary>
[Alias("itwin.payload"), GrainInterfaceType("itwin.payload")]
public interface IPayloadGrain : IGrainWithStringKey
{
    /// <summary>The whole request, or null where its caller has given it up.</summary>
    [AlwaysInterleave]
    [InternalOnly]
    [Alias("fetch")]
    Task<ComputeRequest?> Fetch(long number);

    /// <summary>The same of sliding windows without the samples before a position, which the device holds already.</summary>
    [AlwaysInterleave]
    [InternalOnly]
    [Alias("fetch-newest")]
    Task<ComputeRequest?> FetchNewest(long number, long from);
}
