using System.Diagnostics;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Work;

namespace IndustrialTwin.Bench;

/// <summary>Trains one model after the other on an accelerator, without a pause, and counts the epochs.</summary>
internal sealed class TrainingLoad : IAsyncDisposable
{
    private const int Rows = 2_048, Channels = 32, Hidden = 16, Epochs = 20;

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _epochs;

    public TrainingLoad(IAcceleratorGrain accelerator)
    {
        var random = new Random(1);
        var rows = new float[Rows * Channels];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = (float)((random.NextDouble() * 0.2) + Math.Sin(i * 0.01));
        }

        _running = RunAsync(accelerator, rows);
    }

    /// <summary>Epochs a second since it began.</summary>
    public double EpochsPerSecond => Interlocked.Read(ref _epochs) / Stopwatch.GetElapsedTime(_started).TotalSeconds;

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
                new AutoencoderTrainRequest(rows, Channels, Hidden, Epochs, seed) { Class = ComputeClass.Deferrable }, _stop.Token);
            if (reply.Outcome != ComputeOutcome.Done)
            {
                throw new InvalidOperationException($"Training ended {reply.Outcome}: {reply.Detail}");
            }

            Interlocked.Add(ref _epochs, Epochs);
        }
    }
}
