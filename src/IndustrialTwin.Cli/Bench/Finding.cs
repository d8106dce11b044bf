using System.Globalization;

namespace IndustrialTwin.Bench;

/// <summary>One measured figure.</summary>
/// <param name="Measured">What was measured.</param>
/// <param name="Value">The figure; infinite where there is none.</param>
/// <param name="Unit">Its unit; empty for a ratio.</param>
/// <param name="Aim">What it should be, or null where it stands beside the others to be compared with.</param>
internal sealed record Finding(string Measured, double Value, string Unit, Aim? Aim = null)
{
    /// <summary>The header of a table of findings.</summary>
    public static string[] Header { get; } = ["measured", "figure", "unit", "aim", ""];

    /// <summary>Whether the aim was reached; null where there is none.</summary>
    public bool? IsReached => Aim?.IsReached(Value);

    /// <summary>Its row of the table.</summary>
    public string[] ToRow() =>
        [Measured, Text(Value), Unit, Aim?.ToString() ?? "", IsReached switch { true => "reached", false => "MISSED", null => "" }];

    /// <summary>About three digits, and no more places than they need.</summary>
    public static string Text(double value) => !double.IsFinite(value) ? "none" : value.ToString(
        Math.Abs(value) switch
        {
            >= 100 => "#,##0",
            >= 10 => "0.0",
            >= 0.1 => "0.00",
            _ => "0.0000",
        },
        CultureInfo.InvariantCulture);
}

/// <summary>What a figure should be.</summary>
/// <param name="IsAtLeast">Whether the limit is the least that will do, else the most.</param>
/// <param name="Limit">The limit, which itself will do.</param>
internal sealed record Aim(bool IsAtLeast, double Limit)
{
    /// <summary>Not less than this.</summary>
    public static Aim AtLeast(double limit) => new(true, limit);

    /// <summary>Not more than this.</summary>
    public static Aim AtMost(double limit) => new(false, limit);

    /// <summary>Whether a figure is as it should be; one that does not exist is not.</summary>
    public bool IsReached(double value) => IsAtLeast ? value >= Limit : value <= Limit;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsAtLeast ? "≥" : "≤")} {Limit}");
}
