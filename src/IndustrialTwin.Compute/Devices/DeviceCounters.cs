namespace IndustrialTwin.Devices;

/// <summary>The numbers behind <see cref="DeviceStatus"/>; written from any thread.</summary>
internal sealed class DeviceCounters
{
    private long _done;
    private long _expired;
    private long _refused;
    private long _failed;
    private long _cancelled;
    private long _launches;
    private long _windows;
    private long _busyTicks;
    private long _hung;
    private long _rebuilds;
    private long _notFinite;
    private long _residentHits;
    private long _residentMisses;
    private long _residentLoads;
    private long _residentEvictions;
    private long _residentBytesMoved;
    private long _residentBytesSaved;
    private int _residentSeries;
    private int _queueJobs;
    private string? _lastError;

    public int QueueJobs => Volatile.Read(ref _queueJobs);

    public string? LastError => Volatile.Read(ref _lastError);

    /// <summary>Takes a place in the queue; false when none is left.</summary>
    public bool TryEnter(int jobsMax)
    {
        if (Interlocked.Increment(ref _queueJobs) <= jobsMax)
            return true;
        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _queueJobs);

    public void Ended(JobOutcomeKind kind)
    {
        switch (kind)
        {
            case JobOutcomeKind.Done:
                Interlocked.Increment(ref _done);
                break;
            case JobOutcomeKind.Expired:
                Interlocked.Increment(ref _expired);
                break;
            case JobOutcomeKind.Refused:
                Interlocked.Increment(ref _refused);
                break;
            default:
                Interlocked.Increment(ref _failed);
                break;
        }
    }

    public void Cancelled() => Interlocked.Increment(ref _cancelled);

    public void Launched(int windows, TimeSpan duration)
    {
        Interlocked.Increment(ref _launches);
        Interlocked.Add(ref _windows, windows);
        Interlocked.Add(ref _busyTicks, duration.Ticks);
    }

    public void Hung() => Interlocked.Increment(ref _hung);

    public void Rebuilt() => Interlocked.Increment(ref _rebuilds);

    public void NotFinite() => Interlocked.Increment(ref _notFinite);

    public void Resident(long hits, long misses, long loads, long evictions, long bytesMoved, long bytesSaved, int series)
    {
        Add(ref _residentHits, hits);
        Add(ref _residentMisses, misses);
        Add(ref _residentLoads, loads);
        Add(ref _residentEvictions, evictions);
        Add(ref _residentBytesMoved, bytesMoved);
        Add(ref _residentBytesSaved, bytesSaved);
        Volatile.Write(ref _residentSeries, series);

        static void Add(ref long count, long more)
        {
            if (more > 0)
                Interlocked.Add(ref count, more);
        }
    }

    public void Error(string reason) => Volatile.Write(ref _lastError, reason);

    public DeviceStatus Snapshot(bool isHealthy) => new()
    {
        IsHealthy = isHealthy,
        QueueJobs = QueueJobs,
        JobsDone = Interlocked.Read(ref _done),
        JobsExpired = Interlocked.Read(ref _expired),
        JobsRefused = Interlocked.Read(ref _refused),
        JobsFailed = Interlocked.Read(ref _failed),
        JobsCancelled = Interlocked.Read(ref _cancelled),
        Launches = Interlocked.Read(ref _launches),
        Windows = Interlocked.Read(ref _windows),
        BusyTime = new TimeSpan(Interlocked.Read(ref _busyTicks)),
        LaunchesHung = Interlocked.Read(ref _hung),
        Rebuilds = Interlocked.Read(ref _rebuilds),
        ResultsNotFinite = Interlocked.Read(ref _notFinite),
        Resident = new ResidentStatus(
            Interlocked.Read(ref _residentHits),
            Interlocked.Read(ref _residentMisses),
            Interlocked.Read(ref _residentLoads),
            Interlocked.Read(ref _residentEvictions),
            Interlocked.Read(ref _residentBytesMoved),
            Interlocked.Read(ref _residentBytesSaved),
            Volatile.Read(ref _residentSeries)),
        LastError = Volatile.Read(ref _lastError),
    };
}
