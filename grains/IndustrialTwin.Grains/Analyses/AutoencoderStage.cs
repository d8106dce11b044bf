using IndustrialTwin.Accelerators;
using IndustrialTwin.Work;

namespace IndustrialTwin.Analyses;

/// <summary>
/// Trains an autoencoder on the first rows, piece by piece, sets the limit by what these rows give, then scores every later row. A checkpoint
/// in between goes on with the piece that was next.
/// </summary>
internal sealed class AutoencoderStage(AutoencoderAnalysis declaration, AnalysisState? stored) : AnalysisStage(declaration, stored)
{
    private const int StepsAtOnceMax = 512;

    /// <summary>Parameters times steps of one request: the processor needs a second for them at most.</summary>
    private const long WorkAtOnceMax = 1 << 23;
    private const double LimitMin = 1e-9;

    private RowScaling? _scaling = stored?.Scaling;
    private AutoencoderStateData? _model = stored?.Autoencoder;
    private double? _limit = stored?.Limit;
    private int _asked;

    private bool IsTrained => _model?.Step >= declaration.Steps;

    private long StepsAtOnce =>
        Math.Clamp(WorkAtOnceMax / (2L * declaration.Hidden * (Channels.Length + declaration.Code)), 1, StepsAtOnceMax);

    private int FitValues => declaration.FitRows * Channels.Length;

    /// <inheritdoc/>
    public override ComputeRequest? NextRequest()
    {
        if (_limit is not null)
        {
            _asked = Math.Min(Rows.Count, RequestValuesMax / Channels.Length);
            return _asked == 0 ? null : Score(Rows.Values[..(_asked * Channels.Length)]);
        }

        if (Rows.Count < declaration.FitRows)
        {
            return null;
        }

        var rows = Rows.Values[..FitValues];
        _scaling ??= RowScaling.Of(rows, Channels.Length);
        return IsTrained
            ? Score(rows)
            : new AutoencoderTrainRequest(
                _model,
                new AutoencoderShapeData(Channels.Length, declaration.Hidden, declaration.Code),
                _scaling.Scaled(rows),
                (int)Math.Min(StepsAtOnce, declaration.Steps - (_model?.Step ?? 0)))
            {
                Class = ComputeClass.Deferrable,
            };
    }

    /// <inheritdoc/>
    public override FeaturePoints Accept(ComputeReply reply)
    {
        if (_limit is { } limit)
        {
            var times = Rows.TimesUs[.._asked].ToArray();
            Rows.RemoveFirst(_asked);
            return new FeaturePoints(times, Array.ConvertAll(reply.Values, error => error / limit));
        }

        if (!IsTrained)
        {
            _model = reply.Autoencoder ?? throw new InvalidOperationException($"{Declaration.Name}: the reply to a training carries no model.");
            return FeaturePoints.None;
        }

        var errors = reply.Values.Order().ToArray();
        _limit = Math.Max(LimitMin, errors[(int)Math.Ceiling(declaration.Quantile * errors.Length) - 1]);
        _model = _model! with { FirstMoments = [], SecondMoments = [] }; // It learns no more.
        Rows.RemoveFirst(declaration.FitRows);
        return FeaturePoints.None;
    }

    /// <inheritdoc/>
    public override void Abandon()
    {
        Rows.RemoveFirst(_limit is null ? declaration.FitRows : _asked);
        if (_limit is null)
        {
            (_scaling, _model) = (null, null);
        }
    }

    /// <inheritdoc/>
    public override AnalysisState ToStored() => ToStored(null, 0, []) with { Scaling = _scaling, Autoencoder = _model, Limit = _limit };

    private AutoencoderScoreRequest Score(ReadOnlySpan<double> rows) => new(_model!.Shape, _model.Parameters, _scaling!.Scaled(rows));
}
