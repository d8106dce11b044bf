using IndustrialTwin.Accelerators;

namespace IndustrialTwin.Analyses;

/// <summary>Scores each sample by the windowed Gaussian; keeps as much of the past as the window reaches back.</summary>
internal sealed class LikelihoodStage(LikelihoodAnalysis declaration, AnalysisState? stored) : AnalysisStage(declaration, stored)
{
    private readonly List<double> _history = [.. stored?.History ?? []];
    private long _row = stored?.RowIndex ?? 0;
    private int _asked;

    /// <inheritdoc/>
    public override ComputeRequest? NextRequest()
    {
        _asked = Math.Min(Rows.Count, RequestValuesMax);
        if (_asked == 0)
        {
            return null;
        }

        var series = new double[_history.Count + _asked];
        _history.CopyTo(series);
        Rows.Values[.._asked].CopyTo(series.AsSpan(_history.Count));
        return new LikelihoodRequest(series, _row - _history.Count, _row, declaration.WindowRows, declaration.StepRows);
    }

    /// <inheritdoc/>
    public override FeaturePoints Accept(ComputeReply reply)
    {
        var times = Rows.TimesUs[.._asked].ToArray();
        MoveOn();
        return new FeaturePoints(times, reply.Values);
    }

    /// <inheritdoc/>
    public override void Abandon() => MoveOn();

    /// <inheritdoc/>
    public override AnalysisState ToStored() => ToStored(null, _row, [.. _history]);

    private void MoveOn()
    {
        _history.AddRange(Rows.Values[.._asked]);
        _history.RemoveRange(0, Math.Max(0, _history.Count - declaration.WindowRows - declaration.StepRows));
        _row += _asked;
        Rows.RemoveFirst(_asked);
    }
}
