using System.Globalization;

namespace IndustrialTwin.Simulation;

/// <summary>How a report writes numbers.</summary>
internal static class Text
{
    public static string Ms(long us) => (us / 1000.0).ToString("0.0", CultureInfo.InvariantCulture);

    public static string Number(double value, int digits = 2) => value.ToString(digits == 1 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    public static string Percent(double value) => (100 * value).ToString("0.00", CultureInfo.InvariantCulture) + " %";
}
