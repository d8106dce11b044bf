using System.Diagnostics;
using IndustrialTwin.Policy;
using IndustrialTwin.Samples;
using IndustrialTwin.Work;

namespace IndustrialTwin.Accelerators;

/// <summary>
/// The jobs that an accelerator has won by bidding: one runs, the others wait in the order of their deadlines and may be taken over by
/// an idle accelerator. Used on its grain's scheduler alone.
/// </summary>
internal sealed class JobBook(DeviceRun device, KernelCosts costs, WorkOptions options, TimeProvider clock)
{
    private readonly PriorityQueue<Job, (int Class, long DeadlineUs)> _waiting = new();
    private readonly Dictionary<long, Job> _stolen = [];
    private long _number;
    private long _waitingUs;
    private long _runningEndUs;
    private bool _isRunning;

    /// <summary>Jobs that it has won.</summary>
    public long Won { get; private set; }

    /// <summary>Whether it has no job.</summary>
    public bool IsIdle => !_isRunning && _waiting.Count == 0;

    /// <summary>When it would be done with a job.</summary>
    public Bid Bid(string kernel, int units, long deadlineUs, long deviceFreeUs)
    {
        var now = clock.NowUs();
        return BidPolicy.Make(now, Math.Max(deviceFreeUs, _isRunning ? _runningEndUs : now), _waitingUs, costs.Of(kernel).PredictUs(units), deadlineUs);
    }

    /// <summary>Runs a job after those before it.</summary>
    public Task<ComputeReply> RunAsync(ComputeRequest request, CancellationToken cancellationToken)
    {
        var demand = KernelDemand.Of(request);
        var job = new Job(++_number, request, demand, costs.Of(demand.Kernel).PredictUs(demand.Units), cancellationToken);
        Won++;
        Enqueue(job);
        Go();
        return job.Reply.Task;
    }

    /// <summary>Gives away the waiting job that the thief gains most for, or none.</summary>
    public StolenJob Steal(IReadOnlyDictionary<string, CostEstimate> thief)
    {
        var now = clock.NowUs();
        var finish = (_isRunning ? _runningEndUs : now) + _waitingUs;
        foreach (var (job, (_, deadlineUs)) in _waiting.UnorderedItems.OrderByDescending(entry => entry.Priority))
        {
            if (thief.TryGetValue(job.Demand.Kernel, out var cost) && BidPolicy.IsStolen(finish, now + cost.PredictUs(job.Demand.Units), deadlineUs))
            {
                _waiting.Remove(job, out _, out _);
                _waitingUs -= job.ServiceUs;
                _stolen.Add(job.Number, job);
                _ = TakeBackAsync(job, cost.PredictUs(job.Demand.Units));
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
            return; // It had lapsed and was run here.
        }

        if (reply.Outcome is ComputeOutcome.Done or ComputeOutcome.Expired)
        {
            job.Reply.TrySetResult(reply);
            return;
        }

        Enqueue(job);
        Go();
    }

    /// <summary>Runs a job that was taken over from another accelerator.</summary>
    public Task<ComputeReply> RunStolenAsync(ComputeRequest request) => RunAsync(request, CancellationToken.None);

    private async Task TakeBackAsync(Job job, long serviceUs)
    {
        await Task.Delay(options.LeaseMin + TimeSpan.FromMicroseconds(serviceUs * PolicyOptions.Default.LeaseRatio), clock);
        if (_stolen.Remove(job.Number))
        {
            Enqueue(job);
            Go();
        }
    }

    private void Enqueue(Job job)
    {
        var deadlineUs = job.Request.Deadline is { } deadline ? UnixTime.Of(deadline) : long.MaxValue;
        _waiting.Enqueue(job, ((int)job.Request.Class.ToPolicy(), deadlineUs));
        _waitingUs += job.ServiceUs;
    }

    private void Go()
    {
        if (!_isRunning && _waiting.TryDequeue(out var job, out _))
        {
            _isRunning = true;
            _waitingUs -= job.ServiceUs;
            _runningEndUs = clock.NowUs() + job.ServiceUs;
            _ = RunAsync(job);
        }
    }

    private async Task RunAsync(Job job)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            if (!job.CancellationToken.IsCancellationRequested)
            {
                var reply = await device.RunAsync(job.Request, job.CancellationToken);
                if (reply.Outcome == ComputeOutcome.Done)
                {
                    costs.Observe(job.Demand.Kernel, job.Demand.Units, Stopwatch.GetElapsedTime(started));
                }

                job.Reply.TrySetResult(reply);
            }
            else
            {
                job.Reply.TrySetCanceled(job.CancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            job.Reply.TrySetCanceled(job.CancellationToken);
        }
        catch (Exception fault)
        {
            job.Reply.TrySetException(fault);
        }

        _isRunning = false;
        Go();
    }

    private sealed record Job(long Number, ComputeRequest Request, KernelDemand Demand, long ServiceUs, CancellationToken CancellationToken)
    {
        public TaskCompletionSource<ComputeReply> Reply { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Equals(Job? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => Number.GetHashCode();
    }
}
