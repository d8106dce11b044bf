using IndustrialTwin.Accelerators;

namespace IndustrialTwin.Analyses;

/// <summary>
/// Learns a forecast from the first rows and what it is wrong by in them, then compares every later row with what was forecast. Neither what
/// is learned nor what a forecast starts from spans a hole in the data.
/// </summary>
internal sealed class ForecastStage(ForecastAnalysis declaration, double rateHz, AnalysisState? stored) : AnalysisStage(declaration, stored)
{
    private const double LimitMin = 1e-9;

    private readonly long _holeUs = HoleUs(rateHz);
    private RowScaling? _scaling = stored?.Scaling;
    private ForecastModelData? _model = stored?.Forecast;
    private double? _limit = stored?.Limit;

    /// <summary>First rows that are known to have no hole between them.</summary>
    private int _whole = 1;

    /// <summary>The first row that was asked about, and how many.</summary>
    private (int First, int Count) _asked;

    /// <summary>Rows before the one that is compared: those that the forecast starts from, and those that it leaps over.</summary>
    private int Context => declaration.InputRows + declaration.HorizonRows - 1;

    /// <inheritdoc/>
    public override ComputeRequest? NextRequest()
    {
        if (_limit is null)
        {
            while (FirstHole(declaration.FitRows) is { } hole)
            {
                Remove(hole);
                (_scaling, _model) = (null, null);
            }

            if (Rows.Count < declaration.FitRows)
            {
                return null;
            }

            var rows = Rows.Values[..declaration.FitRows];
            _scaling ??= RowScaling.Of(rows, 1);
            if (_model is null)
            {
                return new ForecastFitRequest(
                    _scaling.Scaled(rows), declaration.FitRows, declaration.InputRows, declaration.HorizonRows, declaration.Ridge, declaration.IsLastSubtracted);
            }

            var count = Math.Min(declaration.FitRows - Context, CountMax);
            return Forecast(declaration.FitRows - count, count);
        }

        while (true)
        {
            var hole = FirstHole(Rows.Count);
            var count = Math.Min((hole ?? Rows.Count) - Context, CountMax);
            if (count > 0)
            {
                return Forecast(Context, count);
            }

            if (hole is null)
            {
                return null;
            }

            Remove(hole.Value);
        }
    }

    /// <inheritdoc/>
    public override FeaturePoints Accept(ComputeReply reply)
    {
        if (_model is null)
        {
            _model = reply.Result as ForecastModelData
                ?? throw new InvalidOperationException($"{Declaration.Name}: the reply to a fit carries no model.");
            return FeaturePoints.None;
        }

        var (first, count) = _asked;
        var (mean, deviation) = (_scaling!.Mean[0], _scaling.Deviation[0]);
        var (times, values) = (Rows.TimesUs.Slice(first, count).ToArray(), new double[2 * count]);
        var squares = 0.0;
        for (var i = 0; i < count; i++)
        {
            var forecast = mean + (deviation * reply.Values[((i + 1) * declaration.HorizonRows) - 1]);
            var residual = (Rows.Values[first + i] - forecast) / deviation;
            squares += residual * residual;
            (values[2 * i], values[(2 * i) + 1]) = (Math.Abs(residual) / (_limit ?? 1), forecast);
        }

        if (_limit is null)
        {
            // The last of the learned rows stay: the first forecasts start from them.
            _limit = Math.Max(LimitMin, Math.Sqrt(squares / count));
            Remove(declaration.FitRows - Context);
            return FeaturePoints.None;
        }

        Remove(count);
        return new FeaturePoints(times, values);
    }

    /// <inheritdoc/>
    public override void Abandon()
    {
        if (_limit is null)
        {
            Remove(declaration.FitRows);
            (_scaling, _model) = (null, null);
        }
        else
        {
            Remove(_asked.Count);
        }
    }

    /// <inheritdoc/>
    public override AnalysisState ToStored() => ToStored(null, 0, []) with { Scaling = _scaling, Forecast = _model, Limit = _limit };

    /// <summary>Rows of one request: windows overlap, so each is written out.</summary>
    private int CountMax => Math.Max(1, RequestValuesMax / declaration.InputRows);

    /// <summary>Asks what was forecast for rows.</summary>
    private ForecastRequest Forecast(int first, int count)
    {
        _asked = (first, count);
        var scaled = _scaling!.Scaled(Rows.Values.Slice(first - Context, count + Context));
        var windows = new float[count * declaration.InputRows];
        for (var i = 0; i < count; i++)
        {
            scaled.AsSpan(i, declaration.InputRows).CopyTo(windows.AsSpan(i * declaration.InputRows));
        }

        return new ForecastRequest(_model!, windows);
    }

    /// <summary>The row after the first hole among the first rows, or null.</summary>
    private int? FirstHole(int rows)
    {
        var times = Rows.TimesUs[..Math.Min(rows, Rows.Count)];
        for (; _whole < times.Length; _whole++)
        {
            if (times[_whole] - times[_whole - 1] > _holeUs)
            {
                return _whole;
            }
        }

        return null;
    }

    private void Remove(int rows)
    {
        Rows.RemoveFirst(rows);
        _whole = Math.Max(1, _whole - rows);
    }
}
