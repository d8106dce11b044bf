namespace IndustrialTwin.Conformance;

/// <summary>What came of a case.</summary>
/// <param name="Error">The largest error of a vector that was compared, relative to its norm.</param>
/// <param name="Failure">Why it is not good enough, or null.</param>
public readonly record struct CaseResult(double Error, string? Failure);
