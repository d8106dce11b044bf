using IndustrialTwin.Accelerators;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Statistics;

namespace IndustrialTwin.Kernels;

/// <summary>A request as it should be, but for what the bindings below make of it.</summary>
public abstract record StrangeRequest : ComputeRequest;

[GenerateSerializer, Alias("acme.test-request")]
public sealed record GoodRequest : StrangeRequest;

public sealed record MuteRequest : StrangeRequest;

[GenerateSerializer]
public sealed record NamelessRequest : StrangeRequest;

[GenerateSerializer, Alias("itwin.forecast-request-2")]
public sealed record ImpostorRequest : StrangeRequest;

/// <summary>What a binding has to have, and no more.</summary>
public abstract class StrangeBinding<TRequest>() : KernelBinding<TRequest, WindowBatch, WindowSummary[]>(WindowStatistics.Instance)
    where TRequest : ComputeRequest
{
    protected override WindowBatch InputOf(TRequest request) => default;

    protected override ComputeReply ReplyTo(TRequest request, WindowSummary[] result) => Done(Array.Empty<double>());

    protected override long UnitsOf(TRequest request) => 1;

    protected override long BytesOf(TRequest request) => 0;

    protected override TRequest? NoiseOf(KernelShape shape, int units) => null;
}

public sealed class Demanding(string licence) : StrangeBinding<GoodRequest>
{
    public string Licence { get; } = licence;
}

public sealed class Throwing : StrangeBinding<GoodRequest>
{
    public Throwing() => throw new InvalidOperationException("no licence");
}

public sealed class Mute : StrangeBinding<MuteRequest>;

public sealed class Nameless : StrangeBinding<NamelessRequest>;

public sealed class Impostor : StrangeBinding<ImpostorRequest>;
