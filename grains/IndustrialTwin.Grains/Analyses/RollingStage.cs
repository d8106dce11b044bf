using IndustrialTwin.Accelerators;

namespace IndustrialTwin.Analyses;

/// <summary>
/// Learns mean and deviation from the first rows, then weighs every later one. A request starts where the last one ended, so that requests of
/// any size give the same points; a hole in the data changes nothing, as the process goes on through it.
/// </summary>
internal sealed class RollingStage(RollingAnalysis declaration, AnalysisState? stored) : AnalysisStage(declaration, stored)
{
    private RowScaling? _scaling = stored?.Scaling;
    private double _mean = stored?.History is [var mean, _] ? mean : 0;
    private double _variance = stored?.History is [_, var variance] ? variance : InControl(declaration.Smoothing);
    private long _row = stored?.RowIndex ?? 0;
    private int _asked;

    /// <inheritdoc/>
    public override ComputeRequest? NextRequest()
    {
        if (_scaling is null)
        {
            if (Rows.Count < declaration.FitRows)
            {
                return null;
            }

            _scaling = RowScaling.Of(Rows.Values[..declaration.FitRows], 1);
            Rows.RemoveFirst(declaration.FitRows);
        }

        _asked = Math.Min(Rows.Count, RequestValuesMax);
        return _asked == 0
            ? null
            : new ExponentialRequest(_scaling.Scaled(Rows.Values[.._asked]), _asked, declaration.Smoothing, new ControlChartTerms(_mean, 1, declaration.LimitWidth));
    }

    /// <inheritdoc/>
    public override FeaturePoints Accept(ComputeReply reply)
    {
        var times = Rows.TimesUs[.._asked].ToArray();
        var values = new double[2 * _asked];
        var (lambda, kept) = (declaration.Smoothing, 1.0);
        var settled = declaration.LimitWidth * Math.Sqrt(lambda / (2 - lambda));
        for (var i = 0; i < _asked; i++)
        {
            // What was there before fades in the mean by itself; in the variance, which the request starts from 0, it is added.
            kept *= 1 - lambda;
            _row++;
            var limit = settled * Math.Sqrt(1 - Math.Pow(1 - lambda, 2.0 * _row));
            values[2 * i] = Math.Abs(reply.Values[2 * i]) / limit;
            values[(2 * i) + 1] = Math.Sqrt(reply.Values[(2 * i) + 1] + (kept * _variance));
        }

        _mean = reply.Values[2 * (_asked - 1)];
        _variance = reply.Values[(2 * _asked) - 1] + (kept * _variance);
        Rows.RemoveFirst(_asked);
        return new FeaturePoints(times, values);
    }

    /// <inheritdoc/>
    public override void Abandon() => Rows.RemoveFirst(_asked);

    /// <summary>The weighted variance that independent samples of deviation 1 settle at.</summary>
    private static double InControl(double lambda) => 2 * (1 - lambda) / (2 - lambda);

    /// <inheritdoc/>
    public override AnalysisState ToStored() => ToStored(null, _row, [_mean, _variance]) with { Scaling = _scaling };
}
