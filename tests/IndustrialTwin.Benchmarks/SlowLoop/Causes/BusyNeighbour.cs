using System.Globalization;

namespace IndustrialTwin.Benchmarks.SlowLoop;

/// <summary>The silo has one processor, shares it with programs that never rest.</summary>
internal sealed class BusyNeighbour : Cause
{
    private const int Programs = 6;

    public override string Name => "busy-neighbour";

    public override string Truth => "the whole silo lacks the processor: another process takes it";

    public override async Task RunAsync(LoopTrial trial, CancellationToken cancellationToken)
    {
        var silo = trial.Silo.ProcessId.ToString(CultureInfo.InvariantCulture);
        await Hog.ToolAsync("taskset", "-a", "-c", "-p", Hog.Processor, silo);
        await Task.WhenAll(Enumerable.Range(0, Programs).Select(_ => Hog.RunAsync(cancellationToken)));
    }
}
