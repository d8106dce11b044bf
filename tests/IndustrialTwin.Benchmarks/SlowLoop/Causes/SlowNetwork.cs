using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Benchmarks.SlowLoop;

/// <summary>What machines send takes long to the broker.</summary>
internal sealed class SlowNetwork : Cause
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(120);

    public override string Name => "slow-network";

    public override string Truth => "the way from the machines to the broker takes 120 ms: samples are old when they arrive, and the silo is quick";

    public override (Endpoint Mqtt, IAsyncDisposable? Proxy) Way(Endpoint broker)
    {
        var proxy = new DelayingProxy(broker.Port, Delay);
        return (new Endpoint("127.0.0.1", proxy.Port), proxy);
    }
}
