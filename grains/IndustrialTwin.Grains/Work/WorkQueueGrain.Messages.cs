using IndustrialTwin.Accelerators;
using IndustrialTwin.Enterprise;
using IndustrialTwin.Policy;
using IndustrialTwin.Samples;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Work;

/// <summary>What the queue says to others. Nobody waits for it, and what is lost is said again or found out.</summary>
internal sealed partial class WorkQueueGrain
{
    private const int PutBackRoundTrips = 20;
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    private Task CallAsync(BoardCall call)
    {
        WorkTelemetry.Message("call");
        return TellAsync(GrainFactory.GetGrain<IWorkBoardGrain>(IWorkBoardGrain.Key).Wants(_key, call.Wanted, call.SaidUs));
    }

    /// <summary>
    /// A grain that is to be deactivated gets no more calls, and is not deactivated before those that it has end; but what waits here waits
    /// for calls. So the queue calls itself while work is open, and where that does not come through, it lets go of its callers.
    /// </summary>
    private async Task WatchSelfAsync()
    {
        if (_isWatched)
        {
            return;
        }

        _isWatched = true;
        while (_open.Count > 0)
        {
            await Task.Delay(WatchInterval, _clock);
            var called = TellAsync(this.AsReference<IWorkQueueGrain>().GetSnapshot());
            if (await Task.WhenAny(called, Task.Delay(WatchInterval, _clock)) != called)
            {
                _isStopping = true;
                LetGo();
                await called;
                _isStopping = false;
            }
        }

        _isWatched = false;
    }

    private async Task TellAsync(Task told)
    {
        try
        {
            await told;
        }
        catch (Exception fault)
        {
            LogUncalled(_key, fault.Message); // It is said again.
        }
    }

    private async Task PutBackAsync(AcceleratorKey accelerator, long freeInUs, TimeSpan delay)
    {
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, _clock);
        }

        WorkTelemetry.Message("rest");
        await TellAsync(GrainFactory.GetGrain<IWorkBoardGrain>(IWorkBoardGrain.Key).Rests(accelerator, freeInUs));
    }

    private async Task GiveAsync(AcceleratorKey accelerator, WorkBatch batch)
    {
        try
        {
            WorkTelemetry.Message("give");
            if (!await GrainFactory.GetGrain<IAcceleratorGrain>(accelerator.Value).Give(_key, batch).WaitAsync(_options.CallTimeout, _clock))
            {
                await GiveBack(batch.Lease);
            }
        }
        catch (Exception fault)
        {
            LogAway(_key, accelerator, fault.Message);
            var now = _clock.NowUs();
            Returning(() => _queue.Lost(accelerator, now, _dropped));
            Changed(now);
        }
    }

    /// <summary>Tells the accelerators that the queue has begun; those that do not hear of it find it by themselves.</summary>
    private async Task AnnounceAsync()
    {
        try
        {
            var enterprise = GrainFactory.GetGrain<IEnterpriseGrain>(IEnterpriseGrain.Key);
            await enterprise.RegisterQueue(_key);
            foreach (var accelerator in (await enterprise.GetSnapshot()).Accelerators.Where(known => _nodes.PlaceOf(known.Node) is { } place && TierRule.Serves(place.Site, _key.Site.Value)))
            {
                _ = ServeAsync(accelerator);
            }
        }
        catch (Exception fault)
        {
            LogUnannounced(_key, fault.Message);
        }
    }

    private async Task ServeAsync(AcceleratorKey accelerator)
    {
        try
        {
            _queue.Calibrate(accelerator, (await GrainFactory.GetGrain<IAcceleratorGrain>(accelerator.Value).Serve(_key)).ToEstimate());
        }
        catch (Exception fault)
        {
            LogUnannounced(_key, fault.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Queue {Queue}: accelerator {Accelerator} is away ({Detail}); what it had is given to others.")]
    private partial void LogAway(WorkQueueKey queue, AcceleratorKey accelerator, string detail);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Queue {Queue} could not reach whom it called ({Detail}); it is tried again.")]
    private partial void LogUncalled(WorkQueueKey queue, string detail);

    [LoggerMessage(Level = LogLevel.Information, Message = "Queue {Queue} could not be announced ({Detail}); accelerators find it by themselves.")]
    private partial void LogUnannounced(WorkQueueKey queue, string detail);
}
