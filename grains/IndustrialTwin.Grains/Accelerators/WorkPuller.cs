using System.Diagnostics;
using IndustrialTwin.Policy;
using IndustrialTwin.Samples;
using IndustrialTwin.Work;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Accelerators;

/// <summary>
/// How an accelerator gets batched work: it runs one batch, has the next one in hand, and when it is about to have none it asks the
/// queues, as <see cref="PullPolicy"/> says. Used on its grain's scheduler alone.
/// </summary>
internal sealed partial class WorkPuller(
    AcceleratorKey accelerator, DeviceRun device, KernelCosts costs, IGrainFactory grains, WorkOptions options, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan AgainDelay = TimeSpan.FromMilliseconds(50);
    private const int CompleteAttemptsMax = 3;

    private readonly List<Served> _served = [];
    private readonly Random _random = new();
    private readonly PolicyOptions _policyOptions = options.ToPolicy();
    private PullPolicy _policy = new(0, options.ToPolicy());
    private int[] _chosen = [];
    private Batch? _running;
    private Batch? _next;
    private long _runningEndUs;
    private bool _hasNewQueues;
    private bool _isWaiting;
    private bool _isStopped;

    /// <summary>The queues that it asks.</summary>
    public IEnumerable<WorkQueueKey> Queues => _served.Select(served => served.Queue);

    /// <summary>Batches that it has run.</summary>
    public long Batches { get; private set; }

    /// <summary>When the batches that it has will be done.</summary>
    public long FreeUs => Math.Max(clock.NowUs(), _running is null ? 0 : _runningEndUs) + (_next is { } next ? costs.Of(next.Queue.Queue.Kernel).PredictUs(next.Work.Units) : 0);

    private bool IsIdle => _running is null && _next is null;

    /// <summary>A queue is there, perhaps anew: it does not know that this accelerator waits.</summary>
    public void Serve(WorkQueueKey queue)
    {
        var known = _served.FindIndex(served => served.Queue == queue);
        if (known < 0)
        {
            _served.Add(new Served(queue, grains.GetGrain<IWorkQueueGrain>(queue.Value)));
            _hasNewQueues = true;
        }
        else if (known < _chosen.Length)
        {
            _policy.QueueLost(known);
        }

        Go();
    }

    /// <summary>A queue has work for it. Answers whether it comes for it now.</summary>
    public bool Wake(WorkQueueKey queue)
    {
        var known = _served.FindIndex(served => served.Queue == queue);
        if (known < 0 || known >= _chosen.Length)
        {
            Serve(queue);
            return false;
        }

        if (_isStopped || !_policy.Wake(known, IsIdle))
        {
            return false;
        }

        _ = TakeThenGoAsync(known);
        return true;
    }

    public void Stop() => _isStopped = true;

    private void Go()
    {
        if (_isStopped)
        {
            return;
        }

        if (_running is null && _next is { } next)
        {
            _next = null;
            Run(next);
        }

        if (_next is not null || _policy.IsPulling)
        {
            return;
        }

        if (_hasNewQueues)
        {
            // The policy numbers its queues once and for all; a new one asks each of them, and those that have nothing will wake it.
            _hasNewQueues = false;
            _policy = new PullPolicy(_served.Count, _policyOptions);
            _chosen = new int[_served.Count];
        }

        var waitUs = _running is null ? 0 : _policy.PullAtUs(_runningEndUs) - clock.NowUs();
        if (waitUs > 1_000)
        {
            _ = GoLaterAsync(TimeSpan.FromMicroseconds(waitUs));
        }
        else if (_served.Count > 0)
        {
            _ = PullAsync();
        }
    }

    private async Task GoLaterAsync(TimeSpan delay)
    {
        if (!_isWaiting)
        {
            _isWaiting = true;
            await Task.Delay(delay, clock);
            _isWaiting = false;
            Go();
        }
    }

    private async Task PullAsync()
    {
        var count = _policy.BeginProbes(IsIdle, _random, _chosen);
        if (count == 0)
        {
            return; // Every queue will wake it.
        }

        var asked = clock.NowUs();
        var all = true;
        var probes = new Task<bool>[count];
        for (var i = 0; i < count; i++)
        {
            probes[i] = ProbeAsync(_chosen[i]);
        }

        foreach (var probe in probes)
        {
            all &= await probe;
        }

        _policy.RoundTrip.Observe(Math.Max(1, clock.NowUs() - asked));
        while (_policy.TryChoose(out var queue))
        {
            if (await TakeAsync(queue))
            {
                Go();
                return;
            }
        }

        if (all)
        {
            Go();
        }
        else
        {
            await GoLaterAsync(AgainDelay);
        }
    }

    private async Task<bool> ProbeAsync(int queue)
    {
        try
        {
            WorkTelemetry.Message("probe");
            var offer = await _served[queue].Grain.Probe(TermsFor(queue)).WaitAsync(options.CallTimeout);
            var now = clock.NowUs();
            _policy.Answered(queue, new QueueOffer(offer.Units, offer.Fill, now + offer.StartInUs, offer.IsUrgent, offer.IsControl, offer.IsPromised));
            return true;
        }
        catch (Exception fault)
        {
            LogUnanswered(accelerator, _served[queue].Queue, fault.Message);
            _policy.Unanswered(queue);
            return false;
        }
    }

    private async Task TakeThenGoAsync(int queue)
    {
        await TakeAsync(queue);
        Go();
    }

    private async Task<bool> TakeAsync(int queue)
    {
        var served = _served[queue];
        try
        {
            WorkTelemetry.Message("take");
            var work = await served.Grain.Take(TermsFor(queue)).WaitAsync(options.CallTimeout);
            if (work.Lease == 0)
            {
                _policy.TookNothing(queue, isParked: true);
                return false;
            }

            _policy.TookBatch(queue);
            _next = new Batch(served, work);
            return true;
        }
        catch (Exception fault)
        {
            LogUnanswered(accelerator, served.Queue, fault.Message);
            _policy.TookNothing(queue, isParked: false);
            return false;
        }
    }

    private WorkPull TermsFor(int queue) =>
        new(accelerator, costs.Of(_served[queue].Queue.Kernel).ToCost(), _running is null ? 0 : Math.Max(0, _runningEndUs - clock.NowUs()));

    private void Run(Batch batch)
    {
        _running = batch;
        _runningEndUs = clock.NowUs() + costs.Of(batch.Queue.Queue.Kernel).PredictUs(batch.Work.Units);
        Batches++;
        _ = RunAsync(batch);
    }

    private async Task RunAsync(Batch batch)
    {
        var started = Stopwatch.GetTimestamp();
        var items = batch.Work.Items;
        var runs = new Task<ComputeReply>[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            runs[i] = device.TryRunAsync(items[i].Request);
        }

        var results = new WorkResult[items.Length];
        var isWhole = true;
        for (var i = 0; i < items.Length; i++)
        {
            results[i] = new WorkResult(items[i].Number, await runs[i]);
            isWhole &= results[i].Reply.Outcome == ComputeOutcome.Done;
        }

        if (isWhole)
        {
            // What other work on the device took in between is no cost of this kernel.
            var first = results[0].Reply;
            costs.Observe(
                batch.Queue.Queue.Kernel,
                batch.Work.Units,
                first.LaunchJobs == items.Length ? TimeSpan.FromMilliseconds(first.LaunchMs) : Stopwatch.GetElapsedTime(started));
        }

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
                await batch.Queue.Grain.Complete(batch.Work.Lease, results);
                return;
            }
            catch (Exception fault)
            {
                LogUnanswered(accelerator, batch.Queue.Queue, fault.Message);
                if (attempt == CompleteAttemptsMax)
                {
                    return; // The queue gives the batch to another when its lease lapses.
                }

                await Task.Delay(AgainDelay, clock);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Accelerator}: queue {Queue} did not answer ({Detail}); it is asked again.")]
    private partial void LogUnanswered(AcceleratorKey accelerator, WorkQueueKey queue, string detail);

    private sealed record Served(WorkQueueKey Queue, IWorkQueueGrain Grain);

    private sealed record Batch(Served Queue, WorkBatch Work);
}
