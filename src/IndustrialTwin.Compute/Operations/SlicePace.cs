using System.Diagnostics;

namespace IndustrialTwin.Operations;

/// <summary>
/// How much a step of a long job does on a device whose speed is not known: it doubles while steps are short and is halved when they are
/// long, so that a step takes a quarter to half a millisecond where the device can be stopped that soon.
/// </summary>
internal sealed class SlicePace
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(0.25);
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(0.5);
    private readonly int _least;
    private readonly int _most;
    private long _since;

    public SlicePace(int least, int most) => (_least, _most, Amount) = (least, most, least);

    public int Amount { get; private set; }

    public void Begin() => _since = Stopwatch.GetTimestamp();

    /// <summary>A step is over, and the device has done it.</summary>
    public void End() => Took(Stopwatch.GetElapsedTime(_since));

    internal void Took(TimeSpan step)
    {
        if (step < Short)
            Amount = (int)Math.Min(2L * Amount, _most);
        else if (step > Long)
            Amount = Math.Max(Amount / 2, _least);
    }
}
