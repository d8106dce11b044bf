using IndustrialTwin.Accelerators;

namespace IndustrialTwin.Analyses;

/// <summary>
/// Cuts one channel into windows that are computed each by itself. A window never spans a hole in the data: after a step longer than two
/// and a half sampling periods a new window begins, and a new series. A request is of one series.
/// </summary>
internal abstract class WindowStage(AnalysisDeclaration declaration, int windowRows, int strideRows, double rateHz, AnalysisState? stored)
    : AnalysisStage(declaration, stored)
{
    private readonly long _holeUs = HoleUs(rateHz);
    private long[] _asked = [];
    private Guid _series = Guid.NewGuid();
    private long _position;

    /// <inheritdoc/>
    public sealed override ComputeRequest? NextRequest()
    {
        var times = new List<long>();
        var samples = new List<float>();
        while (Rows.Count >= windowRows && (times.Count + 1) * (long)windowRows <= Math.Max(windowRows, RequestValuesMax))
        {
            if (HoleWithin(Rows.TimesUs[..windowRows]) is { } hole)
            {
                if (times.Count > 0)
                {
                    break;
                }

                Rows.RemoveFirst(hole);
                (_series, _position) = (Guid.NewGuid(), 0);
                continue;
            }

            // What a window shares with the one before is there already.
            foreach (var value in Rows.Values[(times.Count == 0 ? 0 : Math.Max(0, windowRows - strideRows))..windowRows])
            {
                samples.Add((float)value);
            }

            times.Add(Rows.TimesUs[windowRows - 1]);
            Rows.RemoveFirst(strideRows);
            _position += strideRows;
        }

        if (times.Count == 0)
        {
            return null;
        }

        _asked = [.. times];
        var windows = new WindowSeries(_series, _position - strideRows + windowRows, [.. samples], times.Count);
        return (strideRows < windowRows ? RequestFor(windows) : null) ?? RequestFor(windows.Apart(windowRows, strideRows));
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

    /// <summary>What is asked of windows that overlap, as a series that the device may hold in part; null where the kernel takes no series.</summary>
    protected virtual ComputeRequest? RequestFor(WindowSeries windows) => null;

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
