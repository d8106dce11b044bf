namespace IndustrialTwin.Devices;

/// <summary>
/// Waiting jobs: control before monitor before deferrable, within a class the earliest deadline first, and without deadlines first come
/// first served. Jobs of one class and one batch key share a lane, so that a batch is taken without a search; taking and adding cost
/// O(log n) and, once the lanes have grown, no memory. Used by the owner thread alone.
/// </summary>
internal sealed class Backlog(bool isFifo = false)
{
    private const int LanesKept = 256;
    private readonly LaneHeap[] _classes = [new(), new(), new()];
    private readonly Dictionary<(JobClass Class, BatchKey Key), Lane> _lanes = [];
    private readonly Stack<Lane> _spare = [];
    private long _order;

    public int Count { get; private set; }

    public void Add(Job job)
    {
        var jobClass = isFifo ? JobClass.Monitor : job.Options.Class;
        var heap = HeapOf(jobClass);
        if (!_lanes.TryGetValue((jobClass, job.Key), out var lane))
        {
            if (!_spare.TryPop(out lane))
                lane = new Lane();
            (lane.Class, lane.Key) = (jobClass, job.Key);
            _lanes.Add((jobClass, job.Key), lane);
        }

        // A job that comes back between two slices keeps its place.
        if (job.Order < 0)
            job.Order = _order++;
        lane.Jobs.Enqueue(job, isFifo ? new Urgency(0, job.Order) : Urgency.Of(job));
        heap.Update(lane);
        Count++;
    }

    /// <summary>
    /// Moves the most urgent job and the jobs of its class and key that follow it into <paramref name="batch"/>, up to
    /// <paramref name="windowsMax"/> windows; a sliced job goes alone. Ended and expired jobs go to <paramref name="dropped"/> and do not
    /// count; those of a class that has to wait are found too.
    /// </summary>
    public void TakeBatch(int windowsMax, DateTimeOffset now, List<Job> batch, List<Job> dropped)
    {
        for (var rank = 0; rank < _classes.Length; rank++)
        {
            var heap = _classes[rank];
            // The earliest deadline of a class is on top, so what has expired comes first.
            while (heap.Top is { } lane && IsOver(lane.Jobs.Peek(), now))
            {
                dropped.Add(Dequeue(heap, lane));
            }

            if (batch.Count == 0 && heap.Top is { } urgent)
                Fill(heap, urgent, windowsMax, now, batch, dropped);
        }
    }

    private void Fill(LaneHeap heap, Lane lane, int windowsMax, DateTimeOffset now, List<Job> batch, List<Job> dropped)
    {
        var windows = 0L;
        while (lane.Jobs.TryPeek(out var next, out _))
        {
            if (IsOver(next, now))
            {
                dropped.Add(Take(lane));
                continue;
            }

            windows += next.Windows;
            if (batch.Count > 0 && (windows > windowsMax || next.IsSliced))
                break;
            batch.Add(Take(lane));
            if (next.IsSliced)
                break;
        }

        Settle(heap, lane);
    }

    private Job Dequeue(LaneHeap heap, Lane lane)
    {
        var job = Take(lane);
        Settle(heap, lane);
        return job;
    }

    private Job Take(Lane lane)
    {
        Count--;
        return lane.Jobs.Dequeue();
    }

    /// <summary>Puts a lane where its new head belongs, or away when it is empty.</summary>
    private void Settle(LaneHeap heap, Lane lane)
    {
        heap.Update(lane);
        if (lane.Jobs.Count > 0)
            return;
        _lanes.Remove((lane.Class, lane.Key));
        lane.Key = default;
        if (_spare.Count < LanesKept)
            _spare.Push(lane);
    }

    private static bool IsOver(Job job, DateTimeOffset now) => job.HasEnded || job.IsExpired(now);

    private LaneHeap HeapOf(JobClass jobClass) => _classes[jobClass switch
    {
        JobClass.Control => 0,
        JobClass.Monitor => 1,
        _ => 2,
    }];

    /// <summary>Earlier deadlines first; of equal ones, and of none, the one that came first.</summary>
    internal readonly record struct Urgency(long DeadlineTicks, long Order) : IComparable<Urgency>
    {
        public static Urgency Of(Job job) => new(job.Options.Deadline?.UtcTicks ?? long.MaxValue, job.Order);

        public int CompareTo(Urgency other)
        {
            var byDeadline = DeadlineTicks.CompareTo(other.DeadlineTicks);
            return byDeadline != 0 ? byDeadline : Order.CompareTo(other.Order);
        }
    }

    /// <summary>The jobs of one class and one batch key.</summary>
    internal sealed class Lane
    {
        public PriorityQueue<Job, Urgency> Jobs { get; } = new();

        public BatchKey Key { get; set; }

        public JobClass Class { get; set; }

        /// <summary>Where the lane stands in its heap; -1 when it does not.</summary>
        public int Place { get; set; } = -1;

        public Urgency Head => Jobs.TryPeek(out _, out var urgency) ? urgency : default;
    }
}
