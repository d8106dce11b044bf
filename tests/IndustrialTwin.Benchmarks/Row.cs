namespace IndustrialTwin.Benchmarks;

/// <summary>A line of the table: what was measured, and what it is held against.</summary>
/// <param name="Measured">What was measured.</param>
/// <param name="Value">The figure.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Against">What it is held against, or empty.</param>
/// <param name="Other">The other figure, measured in the same run and in the same unit, or null.</param>
/// <param name="Goal">What it should reach, in words, or empty.</param>
internal sealed record Row(string Measured, double Value, string Unit, string Against = "", double? Other = null, string Goal = "")
{
    /// <summary>The figure over the other one.</summary>
    public double? Ratio => Value / Other;
}
