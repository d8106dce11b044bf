namespace IndustrialTwin.Policy;

/// <summary>The limits and constants of the policy; the same in the grains and in the simulator.</summary>
public sealed record PolicyOptions
{
    /// <summary>The values used where none are given.</summary>
    public static PolicyOptions Default { get; } = new();

    /// <summary>Units that one launch takes at most. 1..1,048,576.</summary>
    public int BatchUnitsMax { get; init; } = 64;

    /// <summary>Requests that may wait in one queue; one more is refused. 1..16,777,216.</summary>
    public int QueueItemsMax { get; init; } = 65_536;

    /// <summary>
    /// A batch that must start within so many of its own times is urgent and goes before fuller ones. 0..1,000.
    /// </summary>
    public double UrgentBatches { get; init; } = 2;

    /// <summary>Queues that an accelerator about to go idle probes. 1..64.</summary>
    public int Probes { get; init; } = 12;

    /// <summary>Bids that are asked for a job. 1..64.</summary>
    public int Bids { get; init; } = 3;

    /// <summary>A round trip between a queue and an accelerator, microseconds, until it is measured. 1..60 s.</summary>
    public long RoundTripUs { get; init; } = 300;

    /// <summary>Round trips before the end of a launch at which the next batch is looked for. 0..16.</summary>
    public double LeadRoundTrips { get; init; } = 2;

    /// <summary>The longest pause between two attempts to steal, microseconds. 1..60 s.</summary>
    public long StealPauseMaxUs { get; init; } = 10_000;

    /// <summary>Payload bytes that travel inside a request; more travel by reference. 0..1 GiB.</summary>
    public int InlineBytesMax { get; init; } = 64 * 1024;

    /// <summary>Times its predicted length that a batch may take before the queue gives it to another. 1..100.</summary>
    public double LeaseRatio { get; init; } = 3;

    /// <summary>The shortest time after which a batch that has not come back is given to another, microseconds. 0..600 s.</summary>
    public long LeaseMinUs { get; init; }

    /// <summary>How long what the tier above said of its backlog counts, microseconds. 1..60 s.</summary>
    public long OutlookUs { get; init; } = 20_000;

    /// <summary>Throws when a value is outside its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the option, its value and its range.</exception>
    public void Validate()
    {
        InRange(BatchUnitsMax, 1, 1 << 20, nameof(BatchUnitsMax));
        InRange(QueueItemsMax, 1, 1 << 24, nameof(QueueItemsMax));
        InRange(UrgentBatches, 0, 1_000, nameof(UrgentBatches));
        InRange(Probes, 1, 64, nameof(Probes));
        InRange(Bids, 1, 64, nameof(Bids));
        InRange(RoundTripUs, 1, 60_000_000, nameof(RoundTripUs));
        InRange(LeadRoundTrips, 0, 16, nameof(LeadRoundTrips));
        InRange(StealPauseMaxUs, 1, 60_000_000, nameof(StealPauseMaxUs));
        InRange(InlineBytesMax, 0, 1 << 30, nameof(InlineBytesMax));
        InRange(LeaseRatio, 1, 100, nameof(LeaseRatio));
        InRange(OutlookUs, 1, 60_000_000, nameof(OutlookUs));
        InRange(LeaseMinUs, 0, 600_000_000, nameof(LeaseMinUs));
    }

    private static void InRange(double value, double min, double max, string name)
    {
        if (!(value >= min && value <= max))
            throw new ArgumentOutOfRangeException(name, value, $"PolicyOptions.{name} must lie in {min}..{max}.");
    }
}
