using IndustrialTwin.Accelerators;

namespace IndustrialTwin.Analyses;

/// <summary>
/// Cuts one channel into windows for statistics or spectra. A window never spans a hole in the data: after a step longer than two
/// and a half sampling periods a new window begins, and a new series. A request is of one series.
/// </summary>
internal sealed class WindowStage(AnalysisDeclaration declaration, int windowRows, int strideRows, double rateHz, AnalysisState? stored)
    : AnalysisStage(declaration, stored)
{
    private const double HolePeriods = 2.5;

    private readonly long _holeUs = (long)(HolePeriods * 1e6 / rateHz);
    private long[] _asked = [];

    private Guid _series = Guid.NewGuid();
    private long _position;

    /// <inheritdoc/>
    public override ComputeRequest? NextRequest()
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
        return Request([.. samples], times.Count);
    }

    /// <inheritdoc/>
    public override FeaturePoints Accept(ComputeReply reply)
    {
        var times = _asked;
        _asked = [];
        if (Declaration is not WindowStatisticsAnalysis statistics)
        {
            return new FeaturePoints(times, reply.Values);
        }

        var all = Enum.GetValues<Statistic>().Length;
        var wanted = statistics.Statistics;
        var values = new double[times.Length * wanted.Length];
        for (var window = 0; window < times.Length; window++)
        {
            for (var i = 0; i < wanted.Length; i++)
            {
                values[(window * wanted.Length) + i] = reply.Values[(window * all) + (int)wanted[i]];
            }
        }

        return new FeaturePoints(times, values);
    }

    /// <inheritdoc/>
    public override void Abandon() => _asked = [];

    /// <inheritdoc/>
    public override AnalysisState ToStored() => ToStored(null, 0, []);

    /// <summary>Windows that overlap are asked for as a series, which the device may hold in part.</summary>
    private ComputeRequest Request(float[] samples, int windows)
    {
        var end = _position - strideRows + windowRows;
        return (Declaration, strideRows < windowRows) switch
        {
            (SpectrumAnalysis spectrum, true) => new SlidingSpectrumRequest(_series, end, samples, windowRows, strideRows, windows, spectrum.RateHz, spectrum.Bands),
            (SpectrumAnalysis spectrum, false) => new SpectrumRequest(samples, windowRows, spectrum.RateHz, spectrum.Bands),
            (_, true) => new SlidingStatisticsRequest(_series, end, samples, windowRows, strideRows, windows),
            _ => new WindowStatisticsRequest(samples, windowRows),
        };
    }

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
