namespace IndustrialTwin.Simulation;

/// <summary>
/// Measures how long devices stand idle while a queue that they serve has work all that time. Idle is meant physically: a device that
/// runs nothing, whatever messages it waits for.
/// </summary>
/// <param name="devices">Devices; device d is at site d modulo sites.</param>
/// <param name="queues">Queues; each site has as many, one after the other.</param>
/// <param name="sites">Sites.</param>
internal sealed class IdleWatch(int devices, int queues, int sites)
{
    private const long Not = -1;
    private readonly long[] _idleSinceUs = [.. Enumerable.Repeat(Not, devices)];
    private readonly long[] _waitingSinceUs = [.. Enumerable.Repeat(Not, queues)];
    private readonly int[] _idle = new int[sites];
    private readonly int[] _waiting = new int[sites];
    private readonly long[] _countedUs = new long[sites];

    /// <summary>Device time spent idle while work waited at the device's site.</summary>
    public long TotalUs { get; private set; }

    /// <summary>The longest that a device stood idle while one of its queues had work all the time.</summary>
    public long LongestUs { get; private set; }

    public void DeviceIdle(int device, bool isIdle, long nowUs)
    {
        if (isIdle == (_idleSinceUs[device] != Not))
            return;
        var site = device % sites;
        Count(site, nowUs);
        _idle[site] += isIdle ? 1 : -1;
        for (var queue = 0; queue < queues && !isIdle; queue++)
            Stretch(device, queue, nowUs);
        _idleSinceUs[device] = isIdle ? nowUs : Not;
    }

    public void QueueWaiting(int queue, bool isWaiting, long nowUs)
    {
        if (isWaiting == (_waitingSinceUs[queue] != Not))
            return;
        var site = SiteOf(queue);
        Count(site, nowUs);
        _waiting[site] += isWaiting ? 1 : -1;
        for (var device = 0; device < devices && !isWaiting; device++)
            Stretch(device, queue, nowUs);
        _waitingSinceUs[queue] = isWaiting ? nowUs : Not;
    }

    private int SiteOf(int queue) => queue / (queues / sites);

    private void Count(int site, long nowUs)
    {
        if (_waiting[site] > 0)
            TotalUs += _idle[site] * (nowUs - _countedUs[site]);
        _countedUs[site] = nowUs;
    }

    private void Stretch(int device, int queue, long nowUs)
    {
        if (_idleSinceUs[device] == Not || _waitingSinceUs[queue] == Not || device % sites != SiteOf(queue))
            return;
        LongestUs = Math.Max(LongestUs, nowUs - Math.Max(_idleSinceUs[device], _waitingSinceUs[queue]));
    }
}
