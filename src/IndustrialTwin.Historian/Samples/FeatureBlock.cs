using IndustrialTwin.Machines;

namespace IndustrialTwin.Samples;

/// <summary>Points of one feature to keep: one entry of each array a point, times ascending.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Fence">The claim they are written under.</param>
/// <param name="Feature">The feature, <c>analysis/feature</c>.</param>
/// <param name="TimesUs">Event times, microseconds since 1970-01-01 UTC.</param>
/// <param name="Values">The feature's values.</param>
/// <param name="Filtered">The judged values.</param>
/// <param name="Exceeded">Whether each lay beyond its alarm's limit.</param>
public sealed record FeatureBlock(
    MachineKey Machine, long Fence, string Feature, long[] TimesUs, double[] Values, double[] Filtered, bool[] Exceeded);
