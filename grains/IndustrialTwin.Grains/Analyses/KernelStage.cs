using IndustrialTwin.Accelerators;

namespace IndustrialTwin.Analyses;

/// <summary>What a kernel gives for windows, by its name.</summary>
internal sealed class KernelStage(KernelAnalysis declaration, double rateHz, AnalysisState? stored)
    : WindowStage(declaration, declaration.WindowRows, declaration.StrideRows, rateHz, stored)
{
    /// <inheritdoc/>
    protected override ComputeRequest RequestFor(float[] windows) =>
        new WindowsRequest(declaration.Kernel, windows, declaration.WindowRows, declaration.Parameters);

    /// <inheritdoc/>
    protected override double[] ValuesOf(ComputeReply reply, int windows) => reply.Values.Length == windows * declaration.FeatureNames.Length
        ? reply.Values
        : throw new ArgumentException(
            $"{Declaration.Name}: kernel '{declaration.Kernel}' gave {reply.Values.Length} values for {windows} windows; "
            + $"expected {declaration.FeatureNames.Length} a window ({string.Join(", ", declaration.FeatureNames)}).");
}
