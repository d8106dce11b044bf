namespace IndustrialTwin.Machines;

/// <summary>
/// The last turns of one twin that took long, so that a traced message can say what it waited for: a twin does one thing after the
/// other, and a long turn delays its control loops. Used on the twin's own thread; costs two looks at the clock a turn.
/// </summary>
internal sealed class TurnLog(TimeProvider clock)
{
    private const int Kept = 16;
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(1);

    private (string What, int Count, long Began, long Ended)[]? _newest;
    private int _next;

    /// <summary>Begins a turn.</summary>
    public long Begin() => clock.GetTimestamp();

    /// <summary>Ends a turn, or the part of one before it waits; answers how long it took.</summary>
    /// <param name="began">What <see cref="Begin"/> gave.</param>
    /// <param name="what">What was done.</param>
    /// <param name="count">Of how much: samples, rows, windows.</param>
    public TimeSpan End(long began, string what, int count)
    {
        var ended = clock.GetTimestamp();
        var took = clock.GetElapsedTime(began, ended);
        if (took >= Long)
        {
            _newest ??= new (string, int, long, long)[Kept];
            _newest[_next] = (what, count, began, ended);
            _next = (_next + 1) % Kept;
        }

        return took;
    }

    /// <summary>The long turns that ended within the last so much time: what the longest was, and how many there were and how long of that time they took.</summary>
    public (string What, int Count, int Turns, TimeSpan Took)? Within(TimeSpan wait)
    {
        var (now, longest, turns, took) = (clock.GetTimestamp(), (What: string.Empty, Count: 0, Took: TimeSpan.Zero), 0, TimeSpan.Zero);
        foreach (var (what, count, began, ended) in _newest ?? [])
        {
            if (what is null || clock.GetElapsedTime(ended, now) is var ago && ago >= wait)
            {
                continue;
            }

            var whole = clock.GetElapsedTime(began, ended);
            turns++;
            took += whole < wait - ago ? whole : wait - ago;
            longest = whole > longest.Took ? (what, count, whole) : longest;
        }

        return turns == 0 ? null : (longest.What, longest.Count, turns, took);
    }
}
