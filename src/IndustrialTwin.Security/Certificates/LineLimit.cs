using System.Globalization;

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
    /// <param name="more">What to put at the line's end: nothing, or how many were not written since the line before.</param>
    public bool TryTake(out string more)
    {
        more = string.Empty;
        lock (_lock)
        {
            if (time.GetElapsedTime(_began) > Interval)
            {
                (_began, _lines) = (time.GetTimestamp(), 0);
            }

            if (_lines == LinesMax)
            {
                _untold++;
                return false;
            }

            _lines++;
            if (_untold > 0)
            {
                more = string.Create(CultureInfo.InvariantCulture, $" ({_untold} more since the line before)");
                _untold = 0;
            }

            return true;
        }
    }
}
