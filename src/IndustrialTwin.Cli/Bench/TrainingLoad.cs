using System.Diagnostics;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Work;

namespace IndustrialTwin.Bench;

/// <summary>Trains one model after the other on an accelerator, without a pause, and counts the epochs.</summary>
internal sealed class TrainingLoad : IAsyncDisposable
{
    private const int Rows = 2_048, BatchRows = 64, Steps = 640;

    private static readonly AutoencoderShapeData Shape = new(32, 16, 8);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _steps;

    public TrainingLoad(IAcceleratorGrain accelerator)
    {
        var random = new Random(1);
        var rows = new float[Rows * Shape.Channels];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = (float)((random.NextDouble() * 0.2) + Math.Sin(i * 0.01));
        }

        _running = RunAsync(accelerator, rows);
    }

    /// <summary>Epochs a second since it began: all rows gone through once.</summary>
    public double EpochsPerSecond => (double)Interlocked.Read(ref _steps) * BatchRows / Rows / Stopwatch.GetElapsedTime(_started).TotalSeconds;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(IAcceleratorGrain accelerator, float[] rows)
    {
        for (var seed = 1; !_stop.IsCancellationRequested; seed++)
        {
            var reply = await accelerator.RunJob(
                new AutoencoderTrainRequest(null, Shape, rows, Steps, BatchRows, Seed: (ulong)seed) { Class = ComputeClass.Deferrable }, _stop.Token);
            if (reply.Outcome != ComputeOutcome.Done)
            {
                throw new InvalidOperationException($"Training ended {reply.Outcome}: {reply.Detail}");
            }

            Interlocked.Add(ref _steps, Steps);
        }
    }
}
