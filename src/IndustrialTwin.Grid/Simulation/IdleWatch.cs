namespace IndustrialTwin.Simulation;

/// <summary>
/// Measures how long work waits beside idle devices: of each batch that a queue could give, the time for which its site has an idle device
/// for it as well as for each batch that has waited for longer. Idle is meant physically: a device that runs nothing, whatever messages it
/// waits for. What a device leaves of a batch, since it could not do it in time beside the rest, is a batch from then on.
/// </summary>
/// <param name="devices">Devices; device d is at site d modulo sites.</param>
/// <param name="queues">Queues; each site has as many, one after the other.</param>
/// <param name="sites">Sites.</param>
internal sealed class IdleWatch(int devices, int queues, int sites)
{
    private const long Not = -1;
    private readonly bool[] _isIdle = new bool[devices];
    private readonly int[] _idle = new int[sites];
    private readonly long[] _countedUs = new long[sites];

    /// <summary>Of each site the batches that wait, the oldest first, and since when there is an idle device for each.</summary>
    private readonly List<(int Queue, long BesideUs)>[] _waiting = [.. Enumerable.Range(0, sites).Select(_ => new List<(int, long)>())];

    /// <summary>Device time spent idle while work waited at the device's site.</summary>
    public long TotalUs { get; private set; }

    /// <summary>The longest that a batch waited and a device for it stood idle all the time.</summary>
    public long LongestUs { get; private set; }

    public void DeviceIdle(int device, bool isIdle, long nowUs)
    {
        if (isIdle == _isIdle[device])
            return;
        var site = device % sites;
        Count(site, nowUs);
        _isIdle[device] = isIdle;
        _idle[site] += isIdle ? 1 : -1;
        Share(site, nowUs);
    }

    /// <summary>A queue has given one batch, the one that waited longest, to a device.</summary>
    public void Gives(int queue, long nowUs)
    {
        var site = SiteOf(queue);
        Count(site, nowUs);
        Remove(site, _waiting[site].FindIndex(batch => batch.Queue == queue), nowUs);
        Share(site, nowUs);
    }

    /// <summary>A queue has so many batches of work that can still be done in time, the last of which may not be full.</summary>
    public void Waits(int queue, int batches, long nowUs)
    {
        var site = SiteOf(queue);
        var known = 0;
        foreach (var batch in _waiting[site])
            known += batch.Queue == queue ? 1 : 0;
        if (batches == known)
            return;
        Count(site, nowUs);
        for (; known < batches; known++)
            _waiting[site].Add((queue, Not));
        for (; known > batches; known--)
            Remove(site, _waiting[site].FindLastIndex(batch => batch.Queue == queue), nowUs);
        Share(site, nowUs);
    }

    private int SiteOf(int queue) => queue / (queues / sites);

    private void Remove(int site, int at, long nowUs)
    {
        if (at < 0)
            return;
        Stretch(_waiting[site][at].BesideUs, nowUs);
        _waiting[site].RemoveAt(at);
    }

    /// <summary>Which batches there is an idle device for now.</summary>
    private void Share(int site, long nowUs)
    {
        var waiting = _waiting[site];
        for (var i = 0; i < waiting.Count; i++)
        {
            var (queue, besideUs) = waiting[i];
            if (i < _idle[site] == (besideUs != Not))
                continue;
            Stretch(besideUs, nowUs);
            waiting[i] = (queue, besideUs == Not ? nowUs : Not);
        }
    }

    private void Count(int site, long nowUs)
    {
        if (_waiting[site].Count > 0)
            TotalUs += _idle[site] * (nowUs - _countedUs[site]);
        _countedUs[site] = nowUs;
    }

    private void Stretch(long besideUs, long nowUs)
    {
        if (besideUs != Not)
            LongestUs = Math.Max(LongestUs, nowUs - besideUs);
    }
}
