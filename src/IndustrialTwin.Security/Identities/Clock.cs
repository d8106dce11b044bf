namespace IndustrialTwin.Identities;

internal static class Clock
{
    /// <summary>Microseconds since 1970-01-01 UTC.</summary>
    public static long NowUs(this TimeProvider clock) => (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
