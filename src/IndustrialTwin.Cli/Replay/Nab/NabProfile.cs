namespace IndustrialTwin.Replay.Nab;

/// <summary>How the Numenta Anomaly Benchmark weighs a detection, a miss and a false alarm (its <c>config/profiles.json</c>).</summary>
internal sealed record NabProfile(string Name, double TruePositive, double FalseNegative, double FalsePositive)
{
    public static NabProfile Standard { get; } = new("standard", 1, 1, 0.11);

    public static NabProfile LowFalsePositives { get; } = new("low FP", 1, 1, 0.22);

    public static NabProfile LowFalseNegatives { get; } = new("low FN", 1, 2, 0.11);

    public static NabProfile[] All { get; } = [Standard, LowFalsePositives, LowFalseNegatives];
}
