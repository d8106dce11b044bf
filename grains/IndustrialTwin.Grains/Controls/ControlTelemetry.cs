using System.Diagnostics.Metrics;

namespace IndustrialTwin.Controls;

/// <summary>What control loops tell OpenTelemetry.</summary>
internal static class ControlTelemetry
{
    private static readonly Meter Meter = new("IndustrialTwin.Controls");

    private static readonly Histogram<double> Latency =
        Meter.CreateHistogram<double>(
            "itwin.control.latency", "s", "From a message's arrival to its command leaving.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0002, 0.0005, 0.001, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.1, 0.5, 1] });

    private static readonly Counter<long> Decisions =
        Meter.CreateCounter<long>("itwin.control.decisions", "{decision}", "Decisions of control loops, by outcome.");

    private static readonly Counter<long> Fallbacks =
        Meter.CreateCounter<long>("itwin.control.fallbacks", "{fallback}", "Control loops that fell back, by why they had not decided in time.");

    private static readonly KeyValuePair<string, object?> SentTag = new("outcome", "sent");
    private static readonly KeyValuePair<string, object?> QuietTag = new("outcome", "nothing-to-do");

    private static readonly string[] Reasons = [FallbackReason.Silent, FallbackReason.Unanswered, "late", "expired", "failed", "refused", "no-device", "no-way-out"];

    private const int MissesTracedPerSecond = 10;
    private static long _traced;

    /// <summary>Whether a miss that nobody traced may leave a span: so many in a second of the clock.</summary>
    public static bool MayTraceMiss()
    {
        var second = Environment.TickCount64 / 1_000;
        while (true)
        {
            var seen = Interlocked.Read(ref _traced);
            var (when, count) = (seen >> 8, seen & 0xff);
            if (when == second && count >= MissesTracedPerSecond)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _traced, (second << 8) | (when == second ? count + 1 : 1), seen) == seen)
            {
                return true;
            }
        }
    }

    public static void Sent(long latencyUs)
    {
        Decisions.Add(1, SentTag);
        Latency.Record(latencyUs / 1e6);
    }

    /// <summary>Begins the series of fallbacks with nothing: what begins with its first is no increase to who only sees it then.</summary>
    public static void Watched()
    {
        foreach (var reason in Reasons)
        {
            Fallbacks.Add(0, new KeyValuePair<string, object?>("reason", reason));
        }
    }

    public static void FellBack(string reason) => Fallbacks.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public static void Quiet() => Decisions.Add(1, QuietTag);

    public static void Missed(string reason) => Decisions.Add(1, new KeyValuePair<string, object?>("outcome", reason));
}
