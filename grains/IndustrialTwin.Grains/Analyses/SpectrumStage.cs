using IndustrialTwin.Accelerators;

namespace IndustrialTwin.Analyses;

/// <summary>Band powers of windows' spectra.</summary>
internal sealed class SpectrumStage(SpectrumAnalysis declaration, AnalysisState? stored)
    : WindowStage(declaration, declaration.WindowRows, declaration.StrideRows, declaration.RateHz, stored)
{
    /// <inheritdoc/>
    protected override ComputeRequest RequestFor(float[] windows) =>
        new SpectrumRequest(windows, declaration.WindowRows, declaration.RateHz, declaration.Bands);

    /// <inheritdoc/>
    protected override ComputeRequest? RequestFor(WindowSeries windows) => new SlidingSpectrumRequest(
        windows.Series, windows.End, windows.Samples, declaration.WindowRows, declaration.StrideRows, windows.Windows, declaration.RateHz, declaration.Bands);

    /// <inheritdoc/>
    protected override double[] ValuesOf(ComputeReply reply, int windows) => reply.Values;
}
