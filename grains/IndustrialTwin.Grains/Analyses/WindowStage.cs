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
        var isSeries = TakesSeries && strideRows < windowRows;
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

            // What a window of a series shares with the one before is there already.
            foreach (var value in Rows.Values[(isSeries && times.Count > 0 ? windowRows - strideRows : 0)..windowRows])
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
        return isSeries ? RequestFor(new SeriesStretch(_series, _position - strideRows + windowRows, [.. samples], times.Count)) : RequestFor([.. samples]);
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

    /// <summary>Whether overlapping windows can be asked for as a series, of which the device may hold a part.</summary>
    protected virtual bool TakesSeries => false;

    /// <summary>What is asked of a series' windows.</summary>
    protected virtual ComputeRequest RequestFor(in SeriesStretch stretch) =>
        throw new NotSupportedException($"{GetType().Name} asks for windows, not for series.");

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

    /// <summary>Overlapping windows as the samples that they have between them.</summary>
    /// <param name="Series">The series, which no hole parts.</param>
    /// <param name="End">The series' samples up to the end of the last window.</param>
    /// <param name="Samples">From the first window's first sample to the last one's last.</param>
    /// <param name="Windows">How many windows.</param>
    protected readonly record struct SeriesStretch(Guid Series, long End, float[] Samples, int Windows);
}
