using IndustrialTwin.Policy;
using IndustrialTwin.Samples;
using IndustrialTwin.Work;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Accelerators;

/// <summary>Takes jobs over from busy accelerators while its own has none, asking ever less often where there is nothing.</summary>
internal sealed partial class JobThief(
    AcceleratorKey accelerator, JobBook book, KernelCosts costs, GridDirectory directory, IGrainFactory grains, WorkOptions options, TimeProvider clock, ILogger logger)
{
    private const long FirstPauseUs = 2_000;

    private readonly StealBackoff _backoff = new(FirstPauseUs, (long)options.StealPauseMax.TotalMicroseconds);
    private readonly Random _random = new();

    /// <summary>Jobs that it took over.</summary>
    public long Stolen { get; private set; }

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            if (!book.IsIdle || !await TryStealAsync())
            {
                var pauseUs = _backoff.Missed(clock.NowUs(), _random) - clock.NowUs();
                await Task.Delay(TimeSpan.FromMicroseconds(Math.Max(FirstPauseUs, pauseUs)), clock, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<bool> TryStealAsync()
    {
        var others = directory.Owners.Where(other => other != accelerator).ToArray();
        if (others.Length == 0)
        {
            return false;
        }

        var owner = grains.GetGrain<IAcceleratorGrain>(others[_random.Next(others.Length)].Value);
        try
        {
            WorkTelemetry.Message("steal", 2);
            var job = await owner.Steal(accelerator, costs.ToArray()).WaitAsync(options.CallTimeout, clock);
            if (job.Request is null)
            {
                return false;
            }

            _backoff.Reset();
            Stolen++;
            await owner.CompleteStolen(job.Number, await book.RunAsync(job.Request, CancellationToken.None));
            return true;
        }
        catch (Exception fault)
        {
            LogNotStolen(accelerator, fault.Message); // What was taken over comes back to its owner when its time is up.
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Accelerator} could not take a job over: {Detail}")]
    private partial void LogNotStolen(AcceleratorKey accelerator, string detail);
}
