using System.Globalization;

namespace IndustrialTwin.Bench;

/// <summary>Latencies of one run, from the time at which each message was due, so that a stall counts for all that waited behind it.</summary>
internal sealed class Latencies
{
    private readonly double[] _sortedMs;

    /// <param name="valuesMs">Latencies of what was answered, milliseconds.</param>
    /// <param name="unanswered">What was not answered at all.</param>
    public Latencies(IEnumerable<double> valuesMs, int unanswered)
    {
        _sortedMs = [.. valuesMs.Order()];
        Unanswered = unanswered;
    }

    /// <summary>What was not answered at all.</summary>
    public int Unanswered { get; }

    /// <summary>What was sent.</summary>
    public int Count => _sortedMs.Length + Unanswered;

    /// <summary>The latency that a part of all that was sent did not exceed; infinite where that part includes what was not answered.</summary>
    public double At(double part)
    {
        var rank = (int)Math.Ceiling(part * Count) - 1;
        return Count == 0 ? double.NaN : rank < _sortedMs.Length ? _sortedMs[Math.Max(0, rank)] : double.PositiveInfinity;
    }

    /// <summary>What took longer than this, the unanswered included.</summary>
    public int Over(double limitMs) => Unanswered + _sortedMs.Length - FirstOver(limitMs);

    /// <summary>p50, p99, p99.9 and the longest, as text.</summary>
    public string[] ToCells() => [Text(At(0.5)), Text(At(0.99)), Text(At(0.999)), Text(At(1))];

    private static string Text(double ms) => double.IsInfinity(ms) ? "none" : ms.ToString("0.00", CultureInfo.InvariantCulture);

    private int FirstOver(double limitMs)
    {
        var at = Array.BinarySearch(_sortedMs, Math.BitIncrement(limitMs));
        return at >= 0 ? at : ~at;
    }
}
