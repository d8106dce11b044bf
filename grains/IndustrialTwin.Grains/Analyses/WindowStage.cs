using IndustrialTwin.Accelerators;

namespace IndustrialTwin.Analyses;

/// <summary>
/// Cuts one channel into windows that are computed each by itself. A window never spans a hole in the data: after a step longer than two
/// and a half sampling periods a new window begins.
/// </summary>
internal abstract class WindowStage(AnalysisDeclaration declaration, int windowRows, int strideRows, double rateHz, AnalysisState? stored)
    : AnalysisStage(declaration, stored)
{
    private readonly long _holeUs = HoleUs(rateHz);
    private long[] _asked = [];

    /// <inheritdoc/>
    public sealed override ComputeRequest? NextRequest()
    {
        var times = new List<long>();
        var windows = new List<float>();
        while (Rows.Count >= windowRows && windows.Count + windowRows <= Math.Max(windowRows, RequestValuesMax))
        {
            if (HoleWithin(Rows.TimesUs[..windowRows]) is { } hole)
            {
                Rows.RemoveFirst(hole);
                continue;
            }

            foreach (var value in Rows.Values[..windowRows])
            {
                windows.Add((float)value);
            }

            times.Add(Rows.TimesUs[windowRows - 1]);
            Rows.RemoveFirst(strideRows);
        }

        if (times.Count == 0)
        {
            return null;
        }

        _asked = [.. times];
        return RequestFor([.. windows]);
    }

    /// <inheritdoc/>
    public sealed override FeaturePoints Accept(ComputeReply reply)
    {
        var times = _asked;
        _asked = [];
        return new FeaturePoints(times, ValuesOf(reply, times.Length));
    }

    /// <inheritdoc/>
    public sealed override void Abandon() => _asked = [];

    /// <inheritdoc/>
    public sealed override AnalysisState ToStored() => ToStored(null, 0, []);

    /// <summary>What is asked of windows, one after the other.</summary>
    protected abstract ComputeRequest RequestFor(float[] windows);

    /// <summary>The features of so many windows, window by window.</summary>
    protected abstract double[] ValuesOf(ComputeReply reply, int windows);

    /// <summary>The row after the last hole of a window, or null.</summary>
    private int? HoleWithin(ReadOnlySpan<long> times)
    {
        for (var i = times.Length - 1; i > 0; i--)
        {
            if (times[i] - times[i - 1] > _holeUs)
            {
                return i;
            }
        }

        return null;
    }
}
