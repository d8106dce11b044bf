using IndustrialTwin.Accelerators;

namespace IndustrialTwin.Analyses;

/// <summary>Fits Hotelling's T² on the first rows, then scores every later one. The score is T² over the upper control limit.</summary>
internal sealed class HotellingStage(HotellingAnalysis declaration, AnalysisState? stored) : AnalysisStage(declaration, stored)
{
    private HotellingModelData? _model = stored?.Model;
    private int _asked;

    /// <inheritdoc/>
    public override ComputeRequest? NextRequest()
    {
        var channels = Channels.Length;
        if (_model is null)
        {
            return Rows.Count < declaration.FitRows
                ? null
                : new HotellingFitRequest(Rows.Values[..(declaration.FitRows * channels)].ToArray(), channels);
        }

        _asked = Math.Min(Rows.Count, RequestValuesMax / channels);
        return _asked == 0 ? null : new HotellingScoreRequest(_model, Rows.Values[..(_asked * channels)].ToArray());
    }

    /// <inheritdoc/>
    public override FeaturePoints Accept(ComputeReply reply)
    {
        if (_model is null)
        {
            _model = reply.Model ?? throw new InvalidOperationException($"{Declaration.Name}: the reply to a fit carries no model.");
            Rows.RemoveFirst(declaration.FitRows);
            return FeaturePoints.None;
        }

        var times = Rows.TimesUs[.._asked].ToArray();
        var scores = new double[_asked];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = reply.Values[i] / _model.UpperControlLimit;
        }

        Rows.RemoveFirst(_asked);
        return new FeaturePoints(times, scores);
    }

    /// <inheritdoc/>
    public override void Abandon() => Rows.RemoveFirst(_model is null ? declaration.FitRows : _asked);

    /// <inheritdoc/>
    public override AnalysisState ToStored() => ToStored(_model, 0, []);
}
