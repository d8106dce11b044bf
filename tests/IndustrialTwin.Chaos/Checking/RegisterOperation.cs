namespace IndustrialTwin.Chaos;

/// <summary>A call to a register.</summary>
/// <param name="IsWrite">Whether it wrote.</param>
/// <param name="Value">What it wrote or read. Every write has a value of its own.</param>
/// <param name="Began">When it was called.</param>
/// <param name="Ended">When its answer came, or null: then it may have taken effect at any later time, or never.</param>
internal sealed record RegisterOperation(bool IsWrite, long Value, TimeSpan Began, TimeSpan? Ended);
