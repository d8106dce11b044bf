using System.Diagnostics;

namespace IndustrialTwin.Operations;

/// <summary>
/// How much of a long job is sent to hardware in one call. It doubles while calls are short and is halved when they are long: two to four
/// milliseconds, or, where a call costs more than that whatever it carries, up to three times the shortest one, so that slow calls do not
/// keep a job from its end.
/// </summary>
internal sealed class CallPace
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(4);
    private TimeSpan _shortest = TimeSpan.MaxValue;
    private long _since;

    public int Amount { get; private set; } = 1;

    public void Begin() => _since = Stopwatch.GetTimestamp();

    /// <summary>A call is answered.</summary>
    /// <param name="isFull">Whether it carried <see cref="Amount"/>, and not less for want of room.</param>
    public void End(bool isFull) => Took(Stopwatch.GetElapsedTime(_since), isFull);

    internal void Took(TimeSpan call, bool isFull = true)
    {
        _shortest = call < _shortest ? call : _shortest;
        if (isFull && call < Greater(Short, 1.5 * _shortest))
            Amount = (int)Math.Min(2L * Amount, 1 << 30);
        else if (call > Greater(Long, 3 * _shortest))
            Amount = Math.Max(Amount / 2, 1);
    }

    private static TimeSpan Greater(TimeSpan x, TimeSpan y) => x > y ? x : y;
}
