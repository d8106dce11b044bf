using IndustrialTwin.Accelerators;
using IndustrialTwin.Work;

namespace IndustrialTwin.Benchmarks.SlowLoop;

/// <summary>A model is trained on the control loops' device whose single steps take tens of milliseconds: a step cannot be left.</summary>
internal sealed class LongTrainingSteps : Cause
{
    private const int Rows = 256, BatchRows = 64, Steps = 10_000;

    private static readonly AutoencoderShapeData Shape = new(640, 640, 128);

    public override string Name => "training-steps";

    public override string Truth => "training on the same device, whose single steps are too long: control waits in the device's queue for a step (deferrable)";

    public override bool IsTrainingBeside => false;

    public override async Task RunAsync(LoopTrial trial, CancellationToken cancellationToken)
    {
        var rows = new float[Rows * Shape.Channels];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = MathF.Sin(i * 0.01f);
        }

        for (var seed = 1UL; !cancellationToken.IsCancellationRequested; seed++)
        {
            await trial.Accelerator.RunJob(
                new AutoencoderTrainRequest(null, Shape, rows, Steps, BatchRows, Seed: seed) { Class = ComputeClass.Deferrable }, cancellationToken);
        }
    }
}
