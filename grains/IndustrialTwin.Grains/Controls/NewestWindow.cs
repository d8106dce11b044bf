using IndustrialTwin.Samples;

namespace IndustrialTwin.Controls;

/// <summary>The newest samples of one channel in event time. A control loop looks at now: what comes late takes no part.</summary>
internal sealed class NewestWindow(int rows)
{
    private readonly float[] _ring = new float[rows];
    private int _next;
    private int _count;

    /// <summary>Event time of the newest sample, or <see cref="long.MinValue"/>.</summary>
    public long NewestUs { get; private set; } = long.MinValue;

    public bool IsFull => _count == _ring.Length;

    /// <summary>Takes what is newer than everything before; answers whether anything was.</summary>
    public bool Add(SampleColumn column)
    {
        var before = NewestUs;
        for (var i = 0; i < column.Values.Length; i++)
        {
            if (column.TimesUs[i] <= NewestUs)
            {
                continue;
            }

            NewestUs = column.TimesUs[i];
            _ring[_next] = (float)column.Values[i];
            _next = _next + 1 == _ring.Length ? 0 : _next + 1;
            _count = Math.Min(_count + 1, _ring.Length);
        }

        return NewestUs > before;
    }

    /// <summary>Copies the full window out, oldest first.</summary>
    public void CopyTo(Span<float> target)
    {
        _ring.AsSpan(_next).CopyTo(target);
        _ring.AsSpan(0, _next).CopyTo(target[(_ring.Length - _next)..]);
    }
}
