namespace IndustrialTwin.Simulation;

/// <summary>
/// Measures how long devices stand idle while a queue that they serve has work all that time. Idle is meant physically: a device that
/// runs nothing, whatever messages it waits for.
/// </summary>
/// <param name="devices">Devices.</param>
/// <param name="queues">Queues.</param>
/// <param name="serves">Whether a device serves a queue.</param>
internal sealed class IdleWatch(int devices, int queues, Func<int, int, bool> serves)
{
    private const long Not = -1;
    private readonly long[] _idleSinceUs = [.. Enumerable.Repeat(Not, devices)];
    private readonly long[] _waitingSinceUs = [.. Enumerable.Repeat(Not, queues)];

    /// <summary>Device time spent idle while work waited.</summary>
    public long TotalUs { get; private set; }

    /// <summary>The longest such stretch.</summary>
    public long LongestUs { get; private set; }

    public void DeviceIdle(int device, bool isIdle, long nowUs)
    {
        if (isIdle == (_idleSinceUs[device] != Not))
            return;
        if (!isIdle)
        {
            var longest = 0L;
            for (var queue = 0; queue < queues; queue++)
                longest = Math.Max(longest, StretchUs(device, queue, nowUs));
            Add(longest);
        }

        _idleSinceUs[device] = isIdle ? nowUs : Not;
    }

    public void QueueWaiting(int queue, bool isWaiting, long nowUs)
    {
        if (isWaiting == (_waitingSinceUs[queue] != Not))
            return;
        if (!isWaiting)
        {
            for (var device = 0; device < devices; device++)
                Add(StretchUs(device, queue, nowUs));
        }

        _waitingSinceUs[queue] = isWaiting ? nowUs : Not;
    }

    private long StretchUs(int device, int queue, long nowUs) =>
        _idleSinceUs[device] == Not || _waitingSinceUs[queue] == Not || !serves(device, queue)
            ? 0
            : nowUs - Math.Max(_idleSinceUs[device], _waitingSinceUs[queue]);

    private void Add(long stretchUs)
    {
        TotalUs += stretchUs;
        LongestUs = Math.Max(LongestUs, stretchUs);
    }
}
