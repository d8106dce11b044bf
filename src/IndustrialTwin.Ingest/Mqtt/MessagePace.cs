namespace IndustrialTwin.Mqtt;

/// <summary>So many messages a second, and as many again at once. Who sends more is waited for: nothing is refused, and nothing lost.</summary>
internal sealed class MessagePace(int perSecond, TimeProvider time)
{
    private double _left = perSecond;
    private long _at = time.GetTimestamp();

    /// <summary>Takes room for one message; answers how long to wait before it is read.</summary>
    internal TimeSpan Take()
    {
        var now = time.GetTimestamp();
        _left = Math.Min(perSecond, _left + (time.GetElapsedTime(_at, now).TotalSeconds * perSecond)) - 1;
        _at = now;
        return _left >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_left / perSecond);
    }
}
