using IndustrialTwin.Accelerators;
using IndustrialTwin.Kernels;
using IndustrialTwin.Nodes;
using IndustrialTwin.Policy;
using IndustrialTwin.Samples;
using IndustrialTwin.Tenants;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Placement;

namespace IndustrialTwin.Work;

/// <summary>
/// The queue of one (site, kernel): the <see cref="WorkQueue{TItem,TDevice}"/> of the policy, its messages and its clock. All of it runs
/// on the grain's scheduler, and every call interleaves: none of them awaits before it has done what it does to the queue. It is placed
/// at random: how busy silos are when a queue begins says nothing of the years that it stays.
/// </summary>
[GrainType("itwin.work-queue"), RandomPlacement, Immovable]
internal sealed partial class WorkQueueGrain : Grain, IWorkQueueGrain
{
    private readonly WorkQueueKey _key;
    private readonly KernelCatalogue _catalogue;
    private readonly WorkOptions _options;
    private readonly ActiveNodes _nodes;
    private readonly IQuotas _quotas;
    private readonly TimeProvider _clock;
    private readonly ILogger<WorkQueueGrain> _logger;
    private readonly WorkQueue<PendingWork, AcceleratorKey> _queue;
    private readonly Dictionary<long, PendingWork> _open = [];
    private readonly List<Work<PendingWork>> _taken = [];
    private readonly List<Work<PendingWork>> _dropped = [];

    /// <summary>Leases and requests count from here, so that an answer to an earlier activation's is none to this one's.</summary>
    private readonly long _life = Random.Shared.NextInt64(1L << 62);

    private TaskScheduler _scheduler = TaskScheduler.Default;
    private IGrainTimer? _sweep;
    private long _sweepUs = long.MaxValue;
    private bool _isWatched;
    private bool _isStopping;
    private QueueCounts _counts;
    private long _number;

    public WorkQueueGrain(
        IGrainContext context, KernelCatalogue catalogue, IOptions<WorkOptions> options, ActiveNodes nodes, IQuotas quotas, TimeProvider clock,
        ILogger<WorkQueueGrain> logger)
    {
        _key = WorkQueueKey.Parse(context.GrainId.Key.ToString()!);
        (_catalogue, _options, _nodes, _quotas, _clock, _logger) = (catalogue, options.Value, nodes, quotas, clock, logger);
        _queue = new WorkQueue<PendingWork, AcceleratorKey>(_options.ToPolicy());
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _scheduler = TaskScheduler.Current;
        _sweep = this.RegisterGrainTimer(
            Sweep, new GrainTimerCreationOptions { DueTime = Timeout.InfiniteTimeSpan, Period = Timeout.InfiniteTimeSpan, Interleave = true });
        _ = AnnounceAsync();
        return Task.CompletedTask;
    }

    private Task<ComputeReply> TakeAsync(ComputeRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        WorkTelemetry.Message("submit");
        var demand = _catalogue.DemandOf(request);
        if (demand.Kernel != _key.Kernel)
        {
            throw new ArgumentException($"Queue {_key}: the request is one of kernel '{demand.Kernel}'; expected '{_key.Kernel}'.", nameof(request));
        }

        if (demand.Units > _options.BatchUnitsMax)
        {
            throw new ArgumentException(
                $"Queue {_key}: the request has {demand.Units} units; expected BatchUnitsMax = {_options.BatchUnitsMax} at most. Larger ones are bid for.", nameof(request));
        }

        _catalogue.Validate(request);
        if (TryRepeat(request, cancellationToken, out var repeated))
        {
            return repeated;
        }

        var now = _clock.NowUs();
        var work = new PendingWork(_life + ++_number, request, demand.Units, now);
        if (_isStopping)
        {
            return Refused(new ComputeReply(ComputeOutcome.Refused, [], Detail: $"Queue {_key}: it moves to another silo; ask again."));
        }

        if (Math.Max(DeadlineUs(request), LatestUs(request)) <= now)
        {
            return Refused(new ComputeReply(ComputeOutcome.Expired, [], Detail: $"Queue {_key}: the deadline had passed on arrival."));
        }

        var answer = Admit(work, now);
        if (!answer.IsTaken)
        {
            return Refused(Refusal(answer));
        }

        _counts.Taken++;
        _counts.Degraded += work.IsDegraded ? 1 : 0;
        _open.Add(work.Number, work);
        Named(work);
        work.TellOn(Cancel, _scheduler, cancellationToken);
        Changed(now);
        _ = WatchSelfAsync();
        return work.Reply;
    }

    /// <inheritdoc/>
    public Task<long> Outlook(int units, ComputeClass requestClass, DateTimeOffset? deadline)
    {
        var deadlineUs = deadline is { } given ? UnixTime.Of(given) : long.MaxValue / 2;
        return Task.FromResult(_queue.ServiceUs(new WorkTerms(requestClass.ToPolicy(), deadlineUs, Math.Max(1, units)), _clock.NowUs()));
    }

    /// <inheritdoc/>
    public Task Calibrate(AcceleratorKey accelerator, LaunchCost cost)
    {
        _queue.Calibrate(accelerator, cost.ToEstimate());
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<WorkOffer> Probe(WorkPull pull)
    {
        var now = _clock.NowUs();
        var offer = _queue.Probe(pull.Accelerator, pull.Cost.ToEstimate(), now + pull.StartInUs, now, _dropped);
        Changed(now);
        return Task.FromResult(new WorkOffer(offer.Units, offer.Fill, offer.LatestStartUs - now, offer.IsUrgent, offer.IsControl, offer.IsPromised));
    }

    /// <inheritdoc/>
    public Task<WorkBatch> Take(WorkPull pull)
    {
        var now = _clock.NowUs();
        WorkBatch? batch;
        var cost = pull.Cost.ToEstimate();
        while (!TryPack(_queue.Take(pull.Accelerator, cost, now + pull.StartInUs, now, _taken, _dropped), pull.Accelerator, cost, now, out batch))
        {
        }

        Changed(now);
        return Task.FromResult(batch ?? WorkBatch.Empty);
    }

    /// <inheritdoc/>
    public Task Meet(AcceleratorKey accelerator, long freeInUs)
    {
        var now = _clock.NowUs();
        var startUs = now + Math.Max(freeInUs, (long)_options.RoundTrip.TotalMicroseconds / 2);
        WorkBatch? batch;
        while (!TryPack(_queue.Give(accelerator, startUs, now, _taken, _dropped, out var cost), accelerator, cost, now, out batch))
        {
        }

        if (batch is not null)
        {
            _ = GiveAsync(accelerator, batch);
        }
        else
        {
            // Others were quicker; or what waits is not for this one, and the board would name it again and again.
            _ = PutBackAsync(accelerator, freeInUs, _queue.Count > 0 ? PutBackRoundTrips * _options.RoundTrip : TimeSpan.Zero);
        }

        Changed(now);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Complete(long lease, AcceleratorKey accelerator, LaunchCost cost, WorkResult[] results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var isHeld = _queue.Completed(lease - _life, accelerator, cost.ToEstimate());
        var now = _clock.NowUs();
        foreach (var (number, reply) in results)
        {
            // What comes back after its lease has lapsed is with another accelerator by now; a result is one all the same.
            if (!_open.TryGetValue(number, out var work) || (!isHeld && reply.Outcome != ComputeOutcome.Done))
            {
                continue;
            }

            if (reply.Outcome is ComputeOutcome.Done or ComputeOutcome.Expired || ++work.Failures > _options.RetriesMax || !TryAgain(work, now))
            {
                End(work, reply);
            }
        }

        Changed(now);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task GiveBack(long lease)
    {
        var now = _clock.NowUs();
        Returning(() => _queue.GiveBack(lease - _life, now, _dropped));
        Changed(now);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<WorkQueueSnapshot> GetSnapshot() => Task.FromResult(_counts.ToSnapshot(_key, _queue.Count, _queue.Units, _open.Count));

    private static long DeadlineUs(ComputeRequest request) => request.Deadline is { } deadline ? UnixTime.Of(deadline) : long.MaxValue / 2;

    private static long LatestUs(ComputeRequest request) => request.LatestDeadline is { } latest ? UnixTime.Of(latest) : 0;

    private AdmissionAnswer Admit(PendingWork work, long now)
    {
        var deadlineUs = DeadlineUs(work.Request);
        var answer = _queue.Submit(work, new WorkTerms(work.Request.Class.ToPolicy(), deadlineUs, work.Units, LatestUs(work.Request)), now);
        if (answer.Kind == AdmissionKind.Degraded)
        {
            work.IsDegraded = true;
            work.Request = work.Request with { Deadline = UnixTime.ToTime(answer.DeadlineUs) };
        }

        return answer;
    }

    private ComputeReply Refusal(in AdmissionAnswer answer)
    {
        var earliest = UnixTime.ToTime(answer.EarliestUs);
        return new ComputeReply(
            ComputeOutcome.Refused, [],
            Detail: answer.IsFull
                ? $"Queue {_key} has QueueItemsMax = {_options.QueueItemsMax} requests waiting."
                : $"Queue {_key}: it could be done by {earliest:O} at the earliest.")
        {
            EarliestFeasible = answer.IsFull ? null : earliest,
        };
    }

    private Task<ComputeReply> Refused(ComputeReply reply)
    {
        _counts.Refused++;
        WorkTelemetry.Ended(_key.Kernel, reply.Outcome);
        return Task.FromResult(reply);
    }

    private bool TryAgain(PendingWork work, long now)
    {
        _counts.Returned++;
        return !_isStopping && Admit(work, now).IsTaken;
    }

    /// <summary>Makes a batch of what was taken; false where all of it had ended while it waited, and there may be more.</summary>
    private bool TryPack(long lease, AcceleratorKey accelerator, CostEstimate cost, long now, out WorkBatch? batch)
    {
        batch = null;
        if (lease == 0)
        {
            return true;
        }

        var items = new List<WorkItem>(_taken.Count);
        var units = 0;
        foreach (var (work, _) in _taken)
        {
            if (!work.HasEnded)
            {
                WorkTelemetry.Waited(_key, work, accelerator, now);
                items.Add(new WorkItem(work.Number, work.Request));
                units += work.Units;
            }
        }

        if (items.Count == 0)
        {
            _queue.Completed(lease, accelerator, cost);
            return false;
        }

        _counts.Batches++;
        WorkTelemetry.Taken(_key.Kernel, units);
        batch = new WorkBatch(_life + lease, [.. items], units);
        return true;
    }

    private void End(PendingWork work, ComputeReply reply)
    {
        _open.Remove(work.Number);
        _counts.Ended(reply.Outcome);
        WorkTelemetry.Ended(_key.Kernel, reply.Outcome);
        Answered(work, work.End(reply));
    }

    /// <summary>Its caller gave it up. It leaves the policy's queue when its turn comes.</summary>
    private void Cancel(PendingWork work)
    {
        if (_open.Remove(work.Number))
        {
            _named.Remove(work.Request.Name);
            _counts.Cancelled++;
            work.Cancel();
        }
    }

    /// <summary>Ends what is open: callers ask again, and find the queue's next life.</summary>
    private void LetGo()
    {
        foreach (var work in _open.Values.ToArray())
        {
            End(work, new ComputeReply(ComputeOutcome.Failed, [], Detail: $"Queue {_key}: it moves to another silo; ask again."));
        }
    }

    /// <summary>After each call: answers what was dropped, calls for accelerators where some are wanted, and sets the alarm clock.</summary>
    private void Changed(long now)
    {
        foreach (var (work, _) in _dropped)
        {
            if (!work.HasEnded)
            {
                End(work, new ComputeReply(ComputeOutcome.Expired, [], Detail: $"Queue {_key}: no accelerator could have done it before its deadline."));
            }
        }

        _dropped.Clear();
        if (!_isStopping && _queue.TryCall(now, out var call))
        {
            _ = CallAsync(call);
        }

        if (_queue.NextSweepUs < _sweepUs)
        {
            _sweepUs = _queue.NextSweepUs;
            _sweep!.Change(TimeSpan.FromMicroseconds(Math.Max(1_000, _sweepUs - now)), Timeout.InfiniteTimeSpan);
        }
    }

    private Task Sweep(CancellationToken cancellationToken)
    {
        _sweepUs = long.MaxValue;
        var now = _clock.NowUs();
        Returning(() => _queue.Sweep(now, _dropped));
        Changed(now);
        return Task.CompletedTask;
    }

    /// <summary>Counts what comes back from accelerators.</summary>
    private void Returning(Action takeBack)
    {
        var before = _queue.Count;
        takeBack();
        _counts.Returned += Math.Max(0, _queue.Count + _dropped.Count - before);
    }
}
