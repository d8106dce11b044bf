using IndustrialTwin.Accelerators;
using IndustrialTwin.Work;

namespace IndustrialTwin.Benchmarks.SlowLoop;

/// <summary>The silo may use so little memory that for each large request its garbage collector stops it.</summary>
internal sealed class TightMemory : Cause
{
    private const int Extent = 2_048;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public override string Name => "tight-memory";

    public override string Truth => "the silo's memory is too tight for the large requests that come: the garbage collector stops it again and again";

    public override (string Key, string Value)[] Settings => [("DOTNET_GCHeapHardLimit", "0x9800000"), ("DOTNET_gcConcurrent", "0")];

    public override async Task RunAsync(LoopTrial trial, CancellationToken cancellationToken)
    {
        var image = new byte[Extent * Extent];
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await trial.Accelerator.RunJob(
                    new TemplateDifferenceRequest(image, image, Extent, Extent, Tolerance: 0) { Class = ComputeClass.Deferrable }, cancellationToken);
            }
#pragma warning disable CA1031 // So short of memory that it sheds load, or fails the request.
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }
}
