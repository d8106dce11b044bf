using System.Globalization;

namespace IndustrialTwin.Machines;

/// <summary>Writes measured values for people: four figures, more only before the decimal point.</summary>
internal static class Figure
{
    /// <summary>The text, such as <c>0.519</c>, <c>311.6</c> or <c>12,346</c>.</summary>
    public static string Text(double value) =>
        value.ToString(Math.Abs(value) is >= 1e4 and < 1e9 ? "#,0" : "G4", CultureInfo.InvariantCulture);
}
