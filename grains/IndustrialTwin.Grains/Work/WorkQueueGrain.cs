using IndustrialTwin.Accelerators;
using IndustrialTwin.Enterprise;
using IndustrialTwin.Nodes;
using IndustrialTwin.Policy;
using IndustrialTwin.Samples;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Work;

/// <summary>The queue of one (site, kernel): the <see cref="WorkQueue{TItem,TDevice}"/> of the policy, its messages and its clock.</summary>
[GrainType("itwin.work-queue")]
internal sealed partial class WorkQueueGrain : Grain, IWorkQueueGrain
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(5);

    private readonly WorkQueueKey _key;
    private readonly WorkOptions _options;
    private readonly ActiveNodes _nodes;
    private readonly TimeProvider _clock;
    private readonly ILogger<WorkQueueGrain> _logger;
    private readonly WorkQueue<PendingWork, AcceleratorKey> _queue;
    private readonly Dictionary<long, PendingWork> _open = [];
    private readonly List<Work<PendingWork>> _taken = [];
    private readonly List<Work<PendingWork>> _dropped = [];
    private readonly Random _random = new();
    private IGrainTimer? _sweep;
    private bool _isSweeping;
    private long _number;
    private long _batches;
    private long _returned;
    private long _degraded;
    private long _refused;
    private long _done;
    private long _expired;
    private long _failed;

    public WorkQueueGrain(IGrainContext context, IOptions<WorkOptions> options, ActiveNodes nodes, TimeProvider clock, ILogger<WorkQueueGrain> logger)
    {
        _key = WorkQueueKey.Parse(context.GrainId.Key.ToString()!);
        (_options, _nodes, _clock, _logger) = (options.Value, nodes, clock, logger);
        _queue = new WorkQueue<PendingWork, AcceleratorKey>(_options.ToPolicy());
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _sweep = this.RegisterGrainTimer(
            Sweep, new GrainTimerCreationOptions { DueTime = Timeout.InfiniteTimeSpan, Period = Timeout.InfiniteTimeSpan, Interleave = true });
        _ = AnnounceAsync();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<ComputeReply> Submit(ComputeRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var demand = KernelDemand.Of(request);
        if (demand.Kernel != _key.Kernel)
        {
            throw new ArgumentException($"Queue {_key}: the request is one of kernel '{demand.Kernel}'; expected '{_key.Kernel}'.", nameof(request));
        }

        OperationCalls.Validate(request);
        var now = _clock.NowUs();
        var deadlineUs = request.Deadline is { } deadline ? UnixTime.Of(deadline) : long.MaxValue / 2;
        if (deadlineUs <= now)
        {
            _expired++;
            return Ended(new ComputeReply(ComputeOutcome.Expired, [], Detail: $"Queue {_key}: the deadline had passed on arrival."));
        }

        var work = new PendingWork(++_number, request, demand.Units, now);
        var answer = Admit(work, deadlineUs, now);
        if (!answer.IsTaken)
        {
            _refused++;
            return Ended(Refusal(answer));
        }

        _degraded += answer.Kind == AdmissionKind.Degraded ? 1 : 0;
        _open.Add(work.Number, work);
        work.EndOn(cancellationToken);
        WakeAccelerators(now);
        KeepSweeping();
        return work.Reply;
    }

    /// <inheritdoc/>
    public Task<WorkOffer> Probe(WorkPull pull)
    {
        var now = _clock.NowUs();
        var offer = _queue.Probe(pull.Accelerator, pull.Cost.ToEstimate(), now + pull.StartInUs, now, _dropped);
        EndDropped();
        return Task.FromResult(new WorkOffer(
            offer.Units, offer.Fill, offer.LatestStartUs - now, offer.IsUrgent, offer.IsControl, offer.IsPromised));
    }

    /// <inheritdoc/>
    public Task<WorkBatch> Take(WorkPull pull)
    {
        var now = _clock.NowUs();
        while (true)
        {
            var lease = _queue.Take(pull.Accelerator, pull.Cost.ToEstimate(), now + pull.StartInUs, now, _taken, _dropped);
            EndDropped();
            if (lease == 0)
            {
                return Task.FromResult(WorkBatch.Empty);
            }

            var items = new List<WorkItem>(_taken.Count);
            var units = 0;
            foreach (var (work, _) in _taken)
            {
                if (_open.ContainsKey(work.Number) && !work.HasEnded)
                {
                    WorkTelemetry.Waited(_key, work, pull.Accelerator, now);
                    items.Add(new WorkItem(work.Number, work.Request));
                    units += work.Units;
                }
                else
                {
                    _open.Remove(work.Number); // Its caller gave it up.
                }
            }

            if (items.Count > 0)
            {
                _batches++;
                WorkTelemetry.Taken(_key.Kernel, units);
                WakeAccelerators(now);
                KeepSweeping();
                return Task.FromResult(new WorkBatch(lease, [.. items], units));
            }

            _queue.Completed(lease);
        }
    }

    /// <inheritdoc/>
    public Task Complete(long lease, WorkResult[] results)
    {
        ArgumentNullException.ThrowIfNull(results);
        _queue.Completed(lease);
        var now = _clock.NowUs();
        foreach (var (number, reply) in results)
        {
            if (!_open.TryGetValue(number, out var work))
            {
                continue; // It came back from a lease that had lapsed, and another accelerator was quicker.
            }

            if (reply.Outcome is ComputeOutcome.Done or ComputeOutcome.Expired || ++work.Failures > _options.RetriesMax || !TryAgain(work, now))
            {
                End(work, reply);
            }
        }

        WakeAccelerators(now);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<WorkQueueSnapshot> GetSnapshot() => Task.FromResult(new WorkQueueSnapshot(
        _key, _queue.Count, _queue.Units, _open.Count, _queue.Parked, _number - _refused, _degraded, _refused, _done, _expired, _failed, _batches, _returned));

    private AdmissionAnswer Admit(PendingWork work, long deadlineUs, long now)
    {
        var latestUs = work.Request.LatestDeadline is { } latest ? UnixTime.Of(latest) : deadlineUs;
        var answer = _queue.Submit(work, new WorkTerms(work.Request.Class.ToPolicy(), deadlineUs, work.Units, latestUs), now);
        if (answer.Kind == AdmissionKind.Degraded)
        {
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

    private bool TryAgain(PendingWork work, long now)
    {
        _returned++;
        return !work.HasEnded && Admit(work, work.Request.Deadline is { } deadline ? UnixTime.Of(deadline) : long.MaxValue / 2, now).IsTaken;
    }

    private Task<ComputeReply> Ended(ComputeReply reply)
    {
        WorkTelemetry.Ended(_key.Kernel, reply.Outcome);
        return Task.FromResult(reply);
    }

    private void End(PendingWork work, ComputeReply reply)
    {
        _open.Remove(work.Number);
        switch (reply.Outcome)
        {
            case ComputeOutcome.Done:
                _done++;
                break;
            case ComputeOutcome.Expired:
                _expired++;
                break;
            default:
                _failed++;
                break;
        }

        WorkTelemetry.Ended(_key.Kernel, reply.Outcome);
        work.TryEnd(reply);
    }

    private void EndDropped()
    {
        foreach (var (work, _) in _dropped)
        {
            if (_open.ContainsKey(work.Number))
            {
                End(work, new ComputeReply(ComputeOutcome.Expired, [], Detail: $"Queue {_key}: no accelerator could have done it before its deadline."));
            }
        }

        _dropped.Clear();
    }

    private void WakeAccelerators(long now)
    {
        while (_queue.TryWake(now, _random, out var accelerator))
        {
            _ = WakeAsync(accelerator);
        }
    }

    private async Task WakeAsync(AcceleratorKey accelerator)
    {
        try
        {
            WorkTelemetry.Message("wake");
            if (!await GrainFactory.GetGrain<IAcceleratorGrain>(accelerator.Value).Wake(_key).WaitAsync(_options.CallTimeout))
            {
                _queue.WakeRefused(accelerator);
            }
        }
        catch (Exception fault)
        {
            LogAway(_key, accelerator, fault.Message);
            var open = _queue.Count;
            _queue.Lost(accelerator, _clock.NowUs(), _dropped);
            _returned += Math.Max(0, _queue.Count - open);
            EndDropped();
        }

        WakeAccelerators(_clock.NowUs());
    }

    /// <summary>While work is open, what lapses and what expires is looked for; an idle queue has no timer.</summary>
    private void KeepSweeping()
    {
        if (!_isSweeping)
        {
            _isSweeping = true;
            _sweep!.Change(SweepInterval, SweepInterval);
        }
    }

    private Task Sweep(CancellationToken cancellationToken)
    {
        var now = _clock.NowUs();
        var waiting = _queue.Count;
        _queue.Sweep(now, _dropped);
        _returned += Math.Max(0, _queue.Count + _dropped.Count - waiting);
        EndDropped();
        WakeAccelerators(now);
        if (_open.Count == 0 && _queue.NextSweepUs == long.MaxValue)
        {
            _isSweeping = false;
            _sweep!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        return Task.CompletedTask;
    }

    /// <summary>Tells the accelerators that the queue has begun; those that do not hear of it find it by themselves.</summary>
    private async Task AnnounceAsync()
    {
        try
        {
            var enterprise = GrainFactory.GetGrain<IEnterpriseGrain>(IEnterpriseGrain.Key);
            await enterprise.RegisterQueue(_key);
            foreach (var accelerator in (await enterprise.GetSnapshot()).Accelerators.Where(known => _nodes.IsActive(known.Node)))
            {
                GrainFactory.GetGrain<IAcceleratorGrain>(accelerator.Value).Serve(_key).Ignore();
            }
        }
        catch (Exception fault)
        {
            LogUnannounced(_key, fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Queue {Queue}: accelerator {Accelerator} is away ({Detail}); what it had is given to others.")]
    private partial void LogAway(WorkQueueKey queue, AcceleratorKey accelerator, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {Queue} could not be announced; accelerators find it by themselves.")]
    private partial void LogUnannounced(WorkQueueKey queue, Exception fault);
}
