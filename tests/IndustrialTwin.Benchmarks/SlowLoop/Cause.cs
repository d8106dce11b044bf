using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Benchmarks.SlowLoop;

/// <summary>Why control loops are slow in a trial.</summary>
internal abstract class Cause
{
    /// <summary>Every cause there is; a seed chooses one.</summary>
    public static IReadOnlyList<Cause> All { get; } =
        [new LongTrainingSteps(), new LargeMonitorJobs(), new BusyNeighbour(), new DeviceNeighbour(), new TightMemory(), new SlowNetwork()];

    /// <summary>Its name.</summary>
    public abstract string Name { get; }

    /// <summary>What it is, as the answer tells it.</summary>
    public abstract string Truth { get; }

    /// <summary>Whether models are trained beside the load, as on any silo.</summary>
    public virtual bool IsTrainingBeside => true;

    /// <summary>Settings of the silo, as environment variables.</summary>
    public virtual (string Key, string Value)[] Settings => [];

    /// <summary>Where the machines send, instead of to the broker itself; the proxy, if any, is disposed with the trial.</summary>
    public virtual (Endpoint Mqtt, IAsyncDisposable? Proxy) Way(Endpoint broker) => (broker, null);

    /// <summary>Goes on until it is cancelled.</summary>
    public virtual Task RunAsync(LoopTrial trial, CancellationToken cancellationToken) => Task.CompletedTask;
}
