namespace IndustrialTwin.Accelerators;

/// <summary>How a request ended. Each request ends exactly once.</summary>
[GenerateSerializer, Alias("itwin.compute-outcome")]
public enum ComputeOutcome
{
    /// <summary>It ran; the values are there.</summary>
    Done,

    /// <summary>Its deadline passed before it ran.</summary>
    Expired,

    /// <summary>It could not be in time, a queue was full, or the device is not there. Nothing was queued.</summary>
    Refused,

    /// <summary>The device failed.</summary>
    Failed,
}

/// <summary>The answer to a <see cref="ComputeRequest"/>.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Values">
/// What was computed, row by row: for statistics ten values a window in the order of <c>Statistic</c>; for a spectrum a value a band
/// and window; for scores a value a row; for the other operations as their requests say. Empty unless done.
/// </param>
/// <param name="Model">The model of a fit, else null.</param>
/// <param name="Detail">Why it did not run, or null.</param>
/// <param name="QueueWaitMs">How long it waited for its launch.</param>
/// <param name="LaunchMs">How long the launch took.</param>
/// <param name="LaunchJobs">How many requests the launch served.</param>
[GenerateSerializer, Immutable, Alias("itwin.compute-reply")]
public sealed record ComputeReply(
    [property: Id(0)] ComputeOutcome Outcome,
    [property: Id(1)] double[] Values,
    [property: Id(2)] HotellingModelData? Model = null,
    [property: Id(3)] string? Detail = null,
    [property: Id(4)] double QueueWaitMs = 0,
    [property: Id(5)] double LaunchMs = 0,
    [property: Id(6)] int LaunchJobs = 0)
{
    /// <summary>Its share of its launch, microseconds.</summary>
    public long ShareUs => (long)(LaunchMs * 1_000 / Math.Max(1, LaunchJobs));

    /// <summary>The accelerator that computed it, or null.</summary>
    [Id(7)]
    public AcceleratorKey? Accelerator { get; init; }

    /// <summary>Where it was refused: the earliest deadline that it would have been accepted with, as far as is known.</summary>
    [Id(8)]
    public DateTimeOffset? EarliestFeasible { get; init; }

    /// <summary>The deadline that it was held to, where that is later than the one asked for.</summary>
    [Id(9)]
    public DateTimeOffset? DegradedTo { get; init; }

    /// <summary>The state of a training, else null.</summary>
    [Id(10)]
    public AutoencoderStateData? Autoencoder { get; init; }

    /// <summary>What the operation gives beside <see cref="Values"/>, as its request says, else null.</summary>
    [Id(11)]
    public ComputeResult? Result { get; init; }

    /// <summary>For sliding windows: what the device holds of their series now.</summary>
    [Id(12)]
    public SeriesOutcome Series { get; init; }
}
