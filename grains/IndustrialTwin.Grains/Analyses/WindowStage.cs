using IndustrialTwin.Accelerators;

namespace IndustrialTwin.Analyses;

/// <summary>
/// Cuts one channel into windows for statistics or spectra. A window never spans a hole in the data: after a step longer than two
/// and a half sampling periods a new window begins.
/// </summary>
internal sealed class WindowStage(AnalysisDeclaration declaration, int windowRows, int strideRows, double rateHz, AnalysisState? stored)
    : AnalysisStage(declaration, stored)
{
    private const double HolePeriods = 2.5;

    private readonly long _holeUs = (long)(HolePeriods * 1e6 / rateHz);
    private long[] _asked = [];

    /// <inheritdoc/>
    public override ComputeRequest? NextRequest()
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
        return Declaration switch
        {
            SpectrumAnalysis spectrum => new SpectrumRequest([.. windows], windowRows, spectrum.RateHz, spectrum.Bands),
            _ => new WindowStatisticsRequest([.. windows], windowRows),
        };
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
