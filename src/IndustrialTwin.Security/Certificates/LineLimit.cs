namespace IndustrialTwin.Certificates;

/// <summary>At most so many lines in an interval: who is refused again and again must not fill the disk.</summary>
public sealed class LineLimit(TimeProvider time)
{
    private const int LinesMax = 20;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private long _began = time.GetTimestamp();
    private int _lines;
    private long _untold;

    /// <summary>Whether a line may be written now.</summary>
    /// <param name="untold">How many were not since the last that was.</param>
    public bool TryTake(out long untold)
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_began) > Interval)
            {
                (_began, _lines) = (time.GetTimestamp(), 0);
            }

            if (_lines == LinesMax)
            {
                untold = ++_untold;
                return false;
            }

            _lines++;
            (untold, _untold) = (_untold, 0);
            return true;
        }
    }
}
