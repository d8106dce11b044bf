using IndustrialTwin.Accelerators;

namespace IndustrialTwin.Analyses;

/// <summary>The matrix profile of each history; what counts is the distance of its last stretch.</summary>
internal sealed class MatrixProfileStage(MatrixProfileAnalysis declaration, double rateHz, AnalysisState? stored)
    : WindowStage(declaration, declaration.HistoryRows, declaration.StrideRows, rateHz, stored)
{
    /// <inheritdoc/>
    protected override ComputeRequest RequestFor(float[] windows) => new MatrixProfileRequest(windows, declaration.HistoryRows, declaration.WidthRows);

    /// <inheritdoc/>
    protected override double[] ValuesOf(ComputeReply reply, int windows)
    {
        var stretches = reply.Values.Length / windows;
        var values = new double[windows];
        for (var i = 0; i < windows; i++)
        {
            values[i] = reply.Values[((i + 1) * stretches) - 1] / Math.Sqrt(2 * declaration.WidthRows); // d = √(2m(1 - r))
        }

        return values;
    }
}
