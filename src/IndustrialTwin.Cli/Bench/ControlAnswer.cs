using System.Globalization;

namespace IndustrialTwin.Bench;

/// <summary>One message's way to its command, in microseconds since 1970-01-01 UTC; 0 for what did not happen. Silo and load share a clock.</summary>
internal struct ControlAnswer
{
    /// <summary>The parts of the way, in order.</summary>
    public static IReadOnlyList<string> Hops { get; } = ["load sends", "broker takes", "twin and device decide", "broker delivers"];

    /// <summary>When the message was due.</summary>
    public long DueUs;

    /// <summary>When it was sent.</summary>
    public long SentUs;

    /// <summary>When the silo received it.</summary>
    public long ReceivedUs;

    /// <summary>When the twin had decided.</summary>
    public long DecidedUs;

    /// <summary>When the command was heard here.</summary>
    public long HeardUs;

    /// <summary>From due to heard, milliseconds; NaN where no command came.</summary>
    public readonly double LatencyMs => HeardUs == 0 ? double.NaN : (HeardUs - DueUs) / 1e3;

    /// <summary>What each hop took, milliseconds; empty where no command came.</summary>
    public readonly double[] HopsMs => HeardUs == 0 || ReceivedUs == 0
        ? []
        : [(SentUs - DueUs) / 1e3, (ReceivedUs - SentUs) / 1e3, (DecidedUs - ReceivedUs) / 1e3, (HeardUs - DecidedUs) / 1e3];

    /// <inheritdoc/>
    public override readonly string ToString()
    {
        var hops = HopsMs;
        return hops.Length == 0
            ? HeardUs == 0 ? "no command" : Text(LatencyMs)
            : $"{Text(LatencyMs)} = {string.Join(" + ", Hops.Select((hop, i) => $"{hop} {hops[i].ToString("0.00", CultureInfo.InvariantCulture)}"))}";
    }

    private static string Text(double ms) => ms.ToString("0.00 ms", CultureInfo.InvariantCulture);
}
