using System.Diagnostics;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Work;

namespace IndustrialTwin.Bench;

/// <summary>Monitor requests in an open loop through a work queue, as twins send them: so many a second, each of a few windows.</summary>
internal sealed class MonitorLoad
{
    private const int Rate = 50, Windows = 4, WindowRows = 1_024;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private readonly List<double> _latenciesMs = [];
    private int _unanswered;

    /// <summary>Runs until it is cancelled.</summary>
    public async Task<Latencies> RunAsync(IGrainFactory grains, CancellationToken cancellationToken)
    {
        var queue = grains.GetGrain<IWorkQueueGrain>($"bench/window-statistics.{WindowRows}");
        var windows = new float[Windows * WindowRows];
        for (var i = 0; i < windows.Length; i++)
        {
            windows[i] = MathF.Sin(i * 0.1f);
        }

        var asked = new List<Task>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / Rate));
        while (!cancellationToken.IsCancellationRequested)
        {
            asked.Add(AskAsync(queue, windows, Stopwatch.GetTimestamp()));
            Task tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
            await tick.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(asked);
        lock (_latenciesMs)
        {
            return new Latencies(_latenciesMs, _unanswered);
        }
    }

    private async Task AskAsync(IWorkQueueGrain queue, float[] windows, long due)
    {
        var isDone = false;
        try
        {
            var reply = await queue.Submit(new WindowStatisticsRequest(windows, WindowRows) { Deadline = DateTimeOffset.UtcNow + Deadline }, CancellationToken.None);
            isDone = reply.Outcome == ComputeOutcome.Done;
        }
        catch (TimeoutException)
        {
            // Counted as unanswered.
        }

        lock (_latenciesMs)
        {
            if (isDone)
            {
                _latenciesMs.Add(Stopwatch.GetElapsedTime(due).TotalMilliseconds);
            }
            else
            {
                _unanswered++;
            }
        }
    }
}
