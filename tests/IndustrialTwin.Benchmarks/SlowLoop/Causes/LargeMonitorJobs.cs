using IndustrialTwin.Accelerators;
using IndustrialTwin.Work;

namespace IndustrialTwin.Benchmarks.SlowLoop;

/// <summary>Somebody asks for large monitor jobs, each one launch of tens of milliseconds, without a pause.</summary>
internal sealed class LargeMonitorJobs : Cause
{
    private const int Extent = 1_024, Tolerance = 12;

    public override string Name => "monitor-jobs";

    public override string Truth => "monitor work whose single launches are too large: control waits in the device's queue for the launch under way (monitor, template-difference)";

    public override async Task RunAsync(LoopTrial trial, CancellationToken cancellationToken)
    {
        var image = new byte[Extent * Extent];
        new Random(1).NextBytes(image);

        while (!cancellationToken.IsCancellationRequested)
        {
            await trial.Accelerator.RunJob(new TemplateDifferenceRequest(image, image, Extent, Extent, Tolerance) { Class = ComputeClass.Monitor }, cancellationToken);
        }
    }
}
