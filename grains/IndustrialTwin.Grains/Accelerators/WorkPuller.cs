using IndustrialTwin.Devices;
using IndustrialTwin.Policy;
using IndustrialTwin.Samples;
using IndustrialTwin.Work;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Accelerators;

/// <summary>
/// How an accelerator gets batched work: it runs one batch, has the next one in hand, and when it is about to have none it asks the
/// queues, or rests on the board, as <see cref="PullPolicy"/> says. Used on its grain's scheduler alone.
/// </summary>
internal sealed partial class WorkPuller(
    AcceleratorKey accelerator, DeviceRun device, KernelCosts costs, IGrainFactory grains, WorkOptions options, TimeProvider clock, ILogger logger,
    CancellationToken stop)
{
    private const int CompleteAttemptsMax = 3;

    /// <summary>Queues that it asks by itself; what others have comes to it by the board.</summary>
    private const int QueuesMax = 4_096;
    private const long SoonUs = 1_000;
    private static readonly TimeSpan RestAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(1);

    private readonly List<Served> _served = [];
    private readonly Random _random = new();
    private readonly PolicyOptions _policyOptions = options.ToPolicy();
    private readonly int[] _chosen = new int[options.Probes];
    private PullPolicy _policy = new(0, options.ToPolicy());
    private bool _hasNewQueues;
    private bool _isPulling;
    private Batch? _running;
    private Batch? _next;
    private Task _ran = Task.CompletedTask;
    private long _runningEndUs;
    private long _runningErrorUs;
    private long _againUs = long.MaxValue;
    private long _restedUs;
    private long _pauseEndUs;
    private TimeSpan _pause;

    /// <summary>The queues that it serves.</summary>
    public IEnumerable<WorkQueueKey> Queues => _served.Select(served => served.Queue);

    /// <summary>Batches that it has run.</summary>
    public long Batches { get; private set; }

    /// <summary>When a job that others do not share a launch with will be done, or a time that has passed.</summary>
    public long JobEndUs { get; private set; }

    /// <summary>When all that it has will be done.</summary>
    public long FreeUs => BusyUntilUs + (_next is { } next ? costs.Of(next.Queue.Queue.Kernel).PredictUs(next.Work.Units) : 0);

    private long BusyUntilUs => Math.Max(clock.NowUs(), Math.Max(JobEndUs, _running is null ? 0 : _runningEndUs));

    private IWorkBoardGrain Board => grains.GetGrain<IWorkBoardGrain>(IWorkBoardGrain.Key);

    /// <summary>Serves a queue from now on. Answers false where it does already.</summary>
    public bool Serve(WorkQueueKey queue)
    {
        if (_served.Count >= QueuesMax || _served.Exists(served => served.Queue == queue))
        {
            return false;
        }

        _served.Add(new Served(queue, grains.GetGrain<IWorkQueueGrain>(queue.Value)));
        _hasNewQueues = true;
        Go();
        return true;
    }

    /// <summary>A queue gives it a batch that the board has brought together with it. Answers whether it takes it.</summary>
    public bool Give(WorkQueueKey queue, WorkBatch batch)
    {
        if (stop.IsCancellationRequested || !_policy.Given(clock.NowUs()))
        {
            return false;
        }

        _next = new Batch(_served.Find(served => served.Queue == queue) ?? new Served(queue, grains.GetGrain<IWorkQueueGrain>(queue.Value)), batch);
        Go();
        return true;
    }

    /// <summary>The device begins a job that is no batch, or has ended it.</summary>
    public void JobUntil(long endUs)
    {
        JobEndUs = endUs;
        Go();
    }

    /// <summary>It is to stop: gives back what has not begun, and waits for what has.</summary>
    public async Task StopAsync()
    {
        Leave();
        if (_next is { } next)
        {
            _next = null;
            await GiveBackAsync(next);
        }

        await _ran;
    }

    private void Go()
    {
        if (stop.IsCancellationRequested)
        {
            return;
        }

        if (_running is null && _next is { } next)
        {
            _next = null;
            Run(next);
        }

        if (_next is not null || _isPulling || _served.Count == 0)
        {
            return;
        }

        var now = clock.NowUs();
        var beginUs = device.IsHealthy ? Math.Max(_pauseEndUs, _policy.PullAtUs(BusyUntilUs, _runningErrorUs)) : now + (long)FirstPause.TotalMicroseconds;
        if (beginUs - now > SoonUs)
        {
            Leave();
            GoAt(beginUs);
        }
        else if (!_policy.IsResting)
        {
            _isPulling = true;
            _ = PullAsync();
        }
        else if (now - _restedUs >= (long)RestAgain.TotalMicroseconds)
        {
            Rest(); // In case the board was lost meanwhile.
        }
        else
        {
            GoAt(_restedUs + (long)RestAgain.TotalMicroseconds);
        }
    }

    private void GoAt(long timeUs)
    {
        if (timeUs < _againUs)
        {
            _againUs = timeUs;
            _ = GoLaterAsync(timeUs);
        }
    }

    private async Task GoLaterAsync(long timeUs)
    {
        await Task.Delay(TimeSpan.FromMicroseconds(Math.Max(SoonUs, timeUs - clock.NowUs())), clock, stop)
            .ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        if (_againUs == timeUs)
        {
            _againUs = long.MaxValue;
            Go();
        }
    }

    private async Task PullAsync()
    {
        if (_hasNewQueues)
        {
            // The policy numbers its queues once and for all.
            _hasNewQueues = false;
            _policy = new PullPolicy(_served.Count, _policyOptions);
        }

        var isIdle = BusyUntilUs <= clock.NowUs();
        if (_policy.TryBegin(isIdle, _random, _chosen, out var count))
        {
            var probes = new Task[count];
            for (var i = 0; i < count; i++)
            {
                probes[i] = ProbeAsync(_chosen[i]);
            }

            await Task.WhenAll(probes);
            while (_policy.TryChoose(out var queue))
            {
                if (await TakeAsync(queue))
                {
                    _isPulling = false;
                    Go();
                    return;
                }
            }
        }

        _isPulling = false;
        _policy.Rest(clock.NowUs());
        Rest();
    }

    private async Task ProbeAsync(int queue)
    {
        try
        {
            WorkTelemetry.Message("probe", 2);
            var asked = clock.NowUs();
            var offer = await _served[queue].Grain.Probe(TermsFor(queue)).WaitAsync(options.CallTimeout, clock);
            var now = clock.NowUs();
            _policy.RoundTrip.Observe(Math.Max(1, now - asked));
            _policy.Answered(queue, new QueueOffer(offer.Units, offer.Fill, now + offer.StartInUs, offer.IsUrgent, offer.IsControl, offer.IsPromised));
        }
        catch (Exception fault)
        {
            LogUnanswered(accelerator, _served[queue].Queue, fault.Message);
            _policy.Unanswered(queue);
        }
    }

    private async Task<bool> TakeAsync(int queue)
    {
        var served = _served[queue];
        try
        {
            WorkTelemetry.Message("take", 2);
            var work = await served.Grain.Take(TermsFor(queue)).WaitAsync(options.CallTimeout, clock);
            if (work.Lease != 0)
            {
                _policy.TookBatch(queue);
                _next = new Batch(served, work);
                if (stop.IsCancellationRequested)
                {
                    _next = null;
                    await GiveBackAsync(new Batch(served, work));
                }

                return true;
            }
        }
        catch (Exception fault)
        {
            LogUnanswered(accelerator, served.Queue, fault.Message);
        }

        _policy.TookNothing(queue);
        return false;
    }

    /// <summary>Puts its name on the board, and looks after it there.</summary>
    private void Rest()
    {
        if (!stop.IsCancellationRequested)
        {
            _restedUs = clock.NowUs();
            WorkTelemetry.Message("rest");
            _ = TellAsync(Board.Rests(accelerator, BusyUntilUs - _restedUs));
            GoAt(_restedUs + (long)RestAgain.TotalMicroseconds);
        }
    }

    private void Leave()
    {
        if (_policy.IsResting)
        {
            _policy.Leave();
            WorkTelemetry.Message("leave");
            _ = TellAsync(Board.Leaves(accelerator));
        }
    }

    private async Task TellAsync(Task told)
    {
        try
        {
            await told;
        }
        catch (Exception fault)
        {
            LogBoardAway(accelerator, fault.Message);
        }
    }

    private WorkPull TermsFor(int queue) =>
        new(accelerator, costs.Of(_served[queue].Queue.Kernel).ToCost(), Math.Max(_policy.RoundTrip.MeanUs, BusyUntilUs - clock.NowUs()));

    private void Run(Batch batch)
    {
        _running = batch;
        var cost = costs.Of(batch.Queue.Queue.Kernel);
        _runningEndUs = clock.NowUs() + cost.PredictUs(batch.Work.Units);
        _runningErrorUs = cost.BoundUs(batch.Work.Units) - cost.PredictUs(batch.Work.Units);
        Batches++;
        _ran = RunAsync(batch);
    }

    private async Task RunAsync(Batch batch)
    {
        var items = batch.Work.Items;
        var runs = new Task<ComputeReply>[items.Length];
        using (var group = new JobGroup())
        {
            for (var i = 0; i < items.Length; i++)
            {
                runs[i] = device.TryRunAsync(items[i].Request, group);
            }
        }

        var results = new WorkResult[items.Length];
        var launched = default(LaunchSpan);
        for (var i = 0; i < items.Length; i++)
        {
            results[i] = new WorkResult(items[i].Number, await runs[i]);
            launched.Add(results[i].Reply);
        }

        if (launched.IsWhole)
        {
            costs.Observe(batch.Queue.Queue.Kernel, batch.Work.Units, launched.Elapsed);
        }

        // A device that fails at once would otherwise take more of the work than any other.
        _pause = !launched.HasFailed ? TimeSpan.Zero : _pause == TimeSpan.Zero ? FirstPause : _pause * 2 < PauseMax ? _pause * 2 : PauseMax;
        _pauseEndUs = clock.NowUs() + (long)_pause.TotalMicroseconds;
        _running = null;
        Go(); // The device goes on with the next batch while the answers of this one travel.
        await CompleteAsync(batch, results);
    }

    private async Task CompleteAsync(Batch batch, WorkResult[] results)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                WorkTelemetry.Message("complete");
                await batch.Queue.Grain.Complete(batch.Work.Lease, accelerator, costs.Of(batch.Queue.Queue.Kernel).ToCost(), results);
                return;
            }
            catch (Exception fault)
            {
                LogUnanswered(accelerator, batch.Queue.Queue, fault.Message);
                if (attempt == CompleteAttemptsMax)
                {
                    return; // The queue gives the batch to another when its lease lapses.
                }

                await Task.Delay(FirstPause, clock);
            }
        }
    }

    private async Task GiveBackAsync(Batch batch)
    {
        try
        {
            await batch.Queue.Grain.GiveBack(batch.Work.Lease);
        }
        catch (Exception fault)
        {
            LogUnanswered(accelerator, batch.Queue.Queue, fault.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Accelerator}: queue {Queue} did not answer ({Detail}).")]
    private partial void LogUnanswered(AcceleratorKey accelerator, WorkQueueKey queue, string detail);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Accelerator}: the board did not answer ({Detail}); it is told again.")]
    private partial void LogBoardAway(AcceleratorKey accelerator, string detail);

    private sealed record Served(WorkQueueKey Queue, IWorkQueueGrain Grain);

    private sealed record Batch(Served Queue, WorkBatch Work);
}
