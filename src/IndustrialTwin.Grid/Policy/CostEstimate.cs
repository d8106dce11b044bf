namespace IndustrialTwin.Policy;

/// <summary>What a launch costs on one device, as far as is known: time = setup + units × time per unit.</summary>
/// <param name="SetupUs">Time of a launch of nothing, microseconds, 0 or more.</param>
/// <param name="UnitUs">Time that each unit adds, microseconds, 0 or more.</param>
/// <param name="ErrorRatio">
/// What 99 of 100 launches did not exceed the prediction by, as a part of it; 0.1 is ten per cent, and 1 is the most that is planned for.
/// </param>
public readonly record struct CostEstimate(double SetupUs, double UnitUs, double ErrorRatio)
{
    /// <summary>The likeliest time of a launch, microseconds and parts of them.</summary>
    public double TimeUs(long units) => SetupUs + UnitUs * units;

    /// <summary>The likeliest time of a launch by the clock, whole microseconds.</summary>
    public long PredictUs(long units) => (long)Math.Ceiling(TimeUs(units));

    /// <summary>The time by the clock that a launch keeps to 99 times of 100, whole microseconds; twice <see cref="TimeUs"/> at most.</summary>
    public long BoundUs(long units) => (long)Math.Ceiling(TimeUs(units) * (1 + ErrorRatio));
}
