namespace IndustrialTwin.Analyses;

/// <summary>
/// A kernel that the silos were given (<c>AddKernel</c>), applied to one channel's successive windows. Its features are what the kernel gives for a
/// window, in its order and its units.
/// </summary>
/// <param name="Name">The analysis' name.</param>
/// <param name="Kernel">The kernel's name without its shape, such as <c>acme-overload-dose</c>.</param>
/// <param name="Channel">The channel.</param>
/// <param name="WindowRows">Samples in a window, 1 to 65,536; the kernel may want fewer.</param>
/// <param name="StrideRows">Samples from one window's start to the next one's, 1 to <paramref name="WindowRows"/>.</param>
/// <param name="Parameters">What else the kernel is told.</param>
/// <param name="FeatureNames">A name for each value that the kernel gives for a window.</param>
[GenerateSerializer, Immutable, Alias("itwin.kernel-analysis")]
public sealed record KernelAnalysis(
    string Name,
    [property: Id(0)] string Kernel,
    [property: Id(1)] string Channel,
    [property: Id(2)] int WindowRows,
    [property: Id(3)] int StrideRows,
    [property: Id(4)] KernelParameter[] Parameters,
    [property: Id(5)] string[] FeatureNames) : AnalysisDeclaration(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Channel];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Features => FeatureNames;
}

/// <summary>A number that a kernel is told.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value, finite; its unit is the kernel's.</param>
[GenerateSerializer, Immutable, Alias("itwin.kernel-parameter")]
public readonly record struct KernelParameter([property: Id(0)] string Name, [property: Id(1)] double Value);
