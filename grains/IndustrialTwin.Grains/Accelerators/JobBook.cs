using IndustrialTwin.Kernels;
using IndustrialTwin.Policy;
using IndustrialTwin.Samples;
using IndustrialTwin.Work;

namespace IndustrialTwin.Accelerators;

/// <summary>
/// The jobs that an accelerator has won by bidding: one runs, the others wait in the order of their deadlines and may be taken over by
/// an idle accelerator. A job that the device does in slices keeps nobody out: one such runs beside. Used on its grain's scheduler alone.
/// </summary>
/// <param name="catalogue">What they ask of a device.</param>
/// <param name="device">Runs them.</param>
/// <param name="costs">What they cost.</param>
/// <param name="options">Limits.</param>
/// <param name="clock">The time.</param>
/// <param name="untilUs">Hears until when a job has the device: a time to come, or one that has passed.</param>
internal sealed class JobBook(KernelCatalogue catalogue, DeviceRun device, KernelCosts costs, WorkOptions options, TimeProvider clock, Action<long> untilUs)
{
    private readonly PriorityQueue<PendingJob, (int Class, long DeadlineUs)> _waiting = new();
    private readonly Dictionary<long, PendingJob> _stolen = [];
    private readonly Dictionary<Guid, PendingJob> _named = [];

    /// <summary>Jobs count from here, so that an answer to an earlier activation's is none to this one's.</summary>
    private long _number = Random.Shared.NextInt64(1L << 62);
    private long _waitingUs;
    private long _runningSinceUs;
    private long _runningEndUs;
    private bool _isRunning;
    private bool _isSlicing;
    private bool _isStopped;

    /// <summary>Jobs that it has won.</summary>
    public long Won { get; private set; }

    /// <summary>Whether it has no job, and could begin one.</summary>
    public bool IsIdle => !_isRunning && !_isSlicing && _waiting.Count == 0 && device.IsHealthy;

    /// <summary>When it would be done with a job.</summary>
    public Bid Bid(string kernel, int units, long deadlineUs, long deviceFreeUs)
    {
        if (_waiting.Count >= options.JobsMax || _isStopped)
        {
            return Policy.Bid.Refused;
        }

        var now = clock.NowUs();
        return BidPolicy.Make(now, Math.Max(deviceFreeUs, RunningEndUs(now)), _waitingUs, costs.Of(kernel).PredictUs(units), deadlineUs);
    }

    /// <summary>Runs a job after those before it. A caller that asks again, since it has heard nothing, shares the answer of the job that is here.</summary>
    public Task<ComputeReply> RunAsync(ComputeRequest request, CancellationToken cancellationToken)
    {
        if (_named.TryGetValue(request.Name, out var known))
        {
            return known.Reply;
        }

        if (_waiting.Count >= options.JobsMax || _isStopped)
        {
            return Task.FromResult(new ComputeReply(
                ComputeOutcome.Refused, [], Detail: _isStopped ? "The accelerator's silo stops; ask another." : $"JobsMax = {options.JobsMax} jobs wait already."));
        }

        var demand = catalogue.DemandOf(request);
        var job = new PendingJob(++_number, request, demand, costs.Of(demand.Kernel).PredictUs(demand.Units), cancellationToken);
        Won++;
        if (request.Name != Guid.Empty)
        {
            _named.Add(request.Name, job);
            _ = ForgetAsync(job);
        }

        Enqueue(job);
        Go();
        return job.Reply;
    }

    /// <summary>Gives away the waiting job that has to wait longest, if the thief would be done with it earlier; or none.</summary>
    /// <param name="thief">What the thief says that kernels cost it; what it does not know is taken to cost it what it costs here.</param>
    public StolenJob Steal(IReadOnlyDictionary<string, CostEstimate> thief)
    {
        var now = clock.NowUs();
        var finish = RunningEndUs(now) + _waitingUs;
        foreach (var (job, (_, deadlineUs)) in _waiting.UnorderedItems.OrderByDescending(entry => entry.Priority))
        {
            var serviceUs = (thief.TryGetValue(job.Demand.Kernel, out var cost) ? cost : costs.Of(job.Demand.Kernel)).PredictUs(job.Demand.Units);
            if (!job.HasEnded && job.Returns < options.RetriesMax && job.Request.Class != ComputeClass.Control && BidPolicy.IsStolen(finish, now + serviceUs, deadlineUs))
            {
                _waiting.Remove(job, out _, out _);
                _waitingUs -= job.ServiceUs;
                _stolen.Add(job.Number, job);
                _ = TakeBackAsync(job, serviceUs);
                return new StolenJob(job.Number, job.Request);
            }

            finish -= job.ServiceUs;
        }

        return StolenJob.None;
    }

    /// <summary>Ends a job that was taken over; one that the thief could not do comes back.</summary>
    public void Complete(long number, ComputeReply reply)
    {
        if (!_stolen.Remove(number, out var job))
        {
            return; // It had lapsed and is run here.
        }

        if (reply.Outcome is ComputeOutcome.Done or ComputeOutcome.Expired)
        {
            job.End(reply);
            return;
        }

        ComeBack(job);
    }

    /// <summary>Lets go of the jobs that wait: their callers ask others.</summary>
    public void Stop()
    {
        _isStopped = true;
        while (_waiting.TryDequeue(out var job, out _))
        {
            job.End(new ComputeReply(ComputeOutcome.Refused, [], Detail: "The accelerator's silo stops; ask another."));
        }

        foreach (var job in _stolen.Values)
        {
            job.End(new ComputeReply(ComputeOutcome.Refused, [], Detail: "The accelerator's silo stops; ask another."));
        }

        _stolen.Clear();
    }

    /// <summary>When the job that runs will be done. One that takes longer than it should is taken to need as long again as it has had.</summary>
    private long RunningEndUs(long now) => !_isRunning ? now : _runningEndUs > now ? _runningEndUs : now + (now - _runningSinceUs);

    private async Task TakeBackAsync(PendingJob job, long serviceUs)
    {
        await Task.Delay(options.LeaseMin + TimeSpan.FromMicroseconds(serviceUs * PolicyOptions.Default.LeaseRatio), clock);
        if (_stolen.Remove(job.Number))
        {
            ComeBack(job);
        }
    }

    private async Task ForgetAsync(PendingJob job)
    {
        await ((Task)job.Reply).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        _named.Remove(job.Request.Name);
    }

    private void ComeBack(PendingJob job)
    {
        job.Returns++;
        Enqueue(job);
        Go();
    }

    private void Enqueue(PendingJob job)
    {
        var deadlineUs = job.Request.Deadline is { } deadline ? UnixTime.Of(deadline) : long.MaxValue;
        _waiting.Enqueue(job, ((int)job.Request.Class.ToPolicy(), deadlineUs));
        _waitingUs += job.ServiceUs;
    }

    private void Go()
    {
        while (_waiting.TryPeek(out var job, out _) && !(job.Demand.IsSliced ? _isSlicing : _isRunning))
        {
            _waiting.Dequeue();
            _waitingUs -= job.ServiceUs;
            if (job.HasEnded)
            {
                continue;
            }

            if (job.Demand.IsSliced)
            {
                _isSlicing = true;
                _ = RunAsync(job);
            }
            else
            {
                _isRunning = true;
                _runningSinceUs = clock.NowUs();
                _runningEndUs = _runningSinceUs + job.ServiceUs;
                untilUs(_runningEndUs);
                _ = RunAsync(job);
            }
        }
    }

    private async Task RunAsync(PendingJob job)
    {
        try
        {
            var reply = await device.RunAsync(job.Request, job.CancellationToken);
            if (reply.Outcome == ComputeOutcome.Done)
            {
                costs.Observe(job.Demand.Kernel, job.Demand.Units, TimeSpan.FromMilliseconds(reply.LaunchMs));
            }

            job.End(reply);
        }
        catch (OperationCanceledException)
        {
            job.Cancel();
        }
        catch (Exception fault)
        {
            job.Fail(fault);
        }

        if (job.Demand.IsSliced)
        {
            _isSlicing = false;
            Go();
            return;
        }

        _isRunning = false;
        Go();
        if (!_isRunning)
        {
            untilUs(clock.NowUs());
        }
    }
}
