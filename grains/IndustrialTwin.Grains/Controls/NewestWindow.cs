using IndustrialTwin.Operations.Sliding;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Controls;

/// <summary>
/// The newest samples of one channel in event time, counted from the first. A control loop looks at now: what comes late takes no part.
/// </summary>
internal sealed class NewestWindow(int rows)
{
    private readonly float[] _ring = new float[rows];
    private readonly ResidentKey _series = ResidentKey.Create();
    private int _next;
    private long _count;
    private long _asked;

    /// <summary>Event time of the newest sample, or <see cref="long.MinValue"/>.</summary>
    public long NewestUs { get; private set; } = long.MinValue;

    public int Rows => _ring.Length;

    public bool IsFull => _count >= _ring.Length;

    /// <summary>Whether the device that was asked last keeps what it was brought.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Samples to bring to a device: those that came since it was asked last, or the whole window.</summary>
    public int Fresh => IsHeld ? (int)Math.Min(_count - _asked, _ring.Length) : _ring.Length;

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
            _count++;
        }

        return NewestUs > before;
    }

    /// <summary>
    /// The full window as a device's operation takes it, with the newest samples that fit <paramref name="samples"/>: all of them, or those
    /// that have come since.
    /// </summary>
    public SlidingWindows Ask(Memory<float> samples)
    {
        CopyNewest(samples.Span);
        _asked = _count;
        return new SlidingWindows(_series, _count, samples, _ring.Length);
    }

    /// <summary>Copies the newest samples out, oldest first.</summary>
    public void CopyNewest(Span<float> target)
    {
        var first = _next - target.Length;
        if (first < 0)
        {
            _ring.AsSpan(_ring.Length + first).CopyTo(target);
            _ring.AsSpan(0, _next).CopyTo(target[-first..]);
        }
        else
        {
            _ring.AsSpan(first, target.Length).CopyTo(target);
        }
    }
}
