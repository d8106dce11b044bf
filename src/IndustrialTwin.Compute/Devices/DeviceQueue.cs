using System.Threading.Channels;
using IndustrialTwin.Operations;

namespace IndustrialTwin.Devices;

/// <summary>
/// The jobs of one device from acceptance to their end, and their count. Callers put jobs in from any thread; the owner of the moment
/// takes them out and ends them.
/// </summary>
internal sealed class DeviceQueue
{
    private readonly TimeProvider _time;
    private readonly Channel<Job> _arrivals;
    private readonly Backlog _backlog;
    private readonly List<Job> _dropped = [];
    private Task<bool>? _arrived;

    public DeviceQueue(string id, DeviceOptions options, TimeProvider time)
    {
        Id = id;
        Options = options;
        _time = time;
        History = new LaunchHistory(time);
        _backlog = new Backlog(options.IsFifo);
        // The counter admits at most QueueJobsMax, so a write into this channel can only fail after its completion.
        _arrivals = Channel.CreateBounded<Job>(new BoundedChannelOptions(options.QueueJobsMax) { SingleReader = true });
    }

    public string Id { get; }

    public DeviceOptions Options { get; }

    public DeviceCounters Counters { get; } = new();

    /// <summary>What the device did of late; the owner's alone.</summary>
    public LaunchHistory History { get; }

    /// <summary>Whether jobs have come that the backlog does not know yet.</summary>
    public bool HasArrivals => _arrivals.Reader.TryPeek(out _);

    /// <summary>Accepts a job and those of its group that follow it. False where the queue is closed.</summary>
    public bool TryAccept(Job first) => _arrivals.Writer.TryWrite(first);

    /// <summary>Accepts nothing more, and wakes the owner.</summary>
    public void Close() => _arrivals.Writer.TryComplete();

    /// <summary>Moves arrivals into the backlog and waits while there is nothing; false when the queue was closed or the wait is over.</summary>
    /// <param name="wait">The longest wait; null for as long as it takes.</param>
    public bool WaitForJobs(TimeSpan? wait)
    {
        while (true)
        {
            Collect();
            if (_backlog.Count > 0)
                return true;
            // The owner has a thread of its own to block; no pool thread waits here.
            _arrived ??= _arrivals.Reader.WaitToReadAsync().AsTask();
            if (wait is { } limit && Task.WhenAny(_arrived, Task.Delay(limit, _time)).GetAwaiter().GetResult() != _arrived)
                return false;
            var isOpen = _arrived.GetAwaiter().GetResult();
            _arrived = null;
            if (!isOpen)
                return false;
        }
    }

    /// <summary>Takes the most urgent batch and ends what has expired. Its jobs keep their place in the count until they are launched.</summary>
    /// <param name="batch">Receives the jobs; the caller has emptied it.</param>
    /// <param name="forget">Called for each job that is dropped.</param>
    public void TakeBatch(List<Job> batch, Action<Job> forget)
    {
        Collect();
        _dropped.Clear();
        _backlog.TakeBatch(Options.BatchWindowsMax, _time.GetUtcNow(), batch, _dropped);
        foreach (var job in _dropped)
        {
            Counters.Leave();
            forget(job);
            EndUnlaunched(job, JobOutcomeKind.Expired, "The deadline passed while the job waited.");
        }
    }

    /// <summary>Puts a sliced job back between two slices.</summary>
    public void Return(Job job) => _backlog.Add(job);

    /// <summary>Ends a job that no launch finished; without effect on one that has ended.</summary>
    public void EndUnlaunched(Job job, JobOutcomeKind kind, string reason)
    {
        if (!job.TryTakeEnd())
            return;
        var wait = _time.GetElapsedTime(job.AcceptedTimestamp);
        DeviceTelemetry.Waited(Id, job, wait);
        DeviceTelemetry.QueueEnded(Id, job, _time.GetUtcNow(), History, reason);
        Count(job.Key.Operation, kind);
        job.CompleteWithout(kind, new JobTiming(wait, TimeSpan.Zero, 0, 0, Id), reason);
    }

    /// <summary>Ends a job whose launch gave results; without effect on one that has ended.</summary>
    public void EndDone(Job job, object results, int index, in JobTiming timing)
    {
        if (!job.TryTakeEnd())
            return;
        // Counted before the caller goes on, so that a status read after an awaited job includes it.
        Count(job.Key.Operation, JobOutcomeKind.Done);
        job.CompleteDone(results, index, timing);
    }

    /// <summary>Ends a job whose launch failed; without effect on one that has ended.</summary>
    public void EndFailed(Job job, in JobTiming timing, string reason)
    {
        if (!job.TryTakeEnd())
            return;
        Count(job.Key.Operation, JobOutcomeKind.Failed);
        job.CompleteWithout(JobOutcomeKind.Failed, timing, reason);
    }

    /// <summary>Ends everything that waits; the queue is closed and has no owner any more.</summary>
    public void EndRemaining(string reason)
    {
        Collect();
        var batch = new List<Job>();
        while (_backlog.Count > 0)
        {
            batch.Clear();
            _backlog.TakeBatch(int.MaxValue, DateTimeOffset.MinValue, batch, batch);
            foreach (var job in batch)
            {
                Counters.Leave();
                EndUnlaunched(job, JobOutcomeKind.Failed, reason);
            }
        }
    }

    public void Cancelled(Job job)
    {
        Counters.Cancelled();
        DeviceTelemetry.JobEnded(Id, job.Key.Operation.Name, "cancelled");
    }

    public void Count(Operation operation, JobOutcomeKind kind)
    {
        Counters.Ended(kind);
        DeviceTelemetry.JobEnded(Id, operation.Name, kind switch
        {
            JobOutcomeKind.Done => "done",
            JobOutcomeKind.Expired => "expired",
            JobOutcomeKind.Refused => "refused",
            _ => "failed",
        });
    }

    private void Collect()
    {
        while (_arrivals.Reader.TryRead(out var first))
        {
            for (var job = first; job is not null;)
            {
                var next = job.Next;
                job.Next = null;
                _backlog.Add(job);
                job = next;
            }
        }
    }
}
