using System.Globalization;

namespace IndustrialTwin.Samples;

/// <summary>Times as microseconds since 1970-01-01 UTC, the form in which all samples carry them.</summary>
internal static class UnixTime
{
    private static readonly long Epoch = DateTimeOffset.UnixEpoch.Ticks;

    public static long Of(DateTimeOffset time) => (time.UtcTicks - Epoch) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset ToTime(long timeUs) => new(Epoch + (timeUs * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    public static long NowUs(this TimeProvider clock) => Of(clock.GetUtcNow());

    /// <summary>Whether a calendar of the years 1 to 9999 has the time.</summary>
    public static bool IsCalendarTime(long timeUs) => timeUs is >= -62_135_596_800_000_000 and < 253_402_300_800_000_000;

    public static string ToText(long timeUs) => IsCalendarTime(timeUs)
        ? ToTime(timeUs).ToString("O", CultureInfo.InvariantCulture)
        : $"{timeUs} µs";
}
