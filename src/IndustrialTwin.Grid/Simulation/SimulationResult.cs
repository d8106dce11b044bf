using IndustrialTwin.Policy;

namespace IndustrialTwin.Simulation;

/// <summary>What came of a simulation. Times are microseconds; the first twentieth of the requests is warm-up and not measured.</summary>
public sealed record SimulationResult
{
    /// <summary>What was simulated.</summary>
    public required SimulationOptions Options { get; init; }

    /// <summary>Requests that arrived, warm-up included.</summary>
    public required long Requests { get; init; }

    /// <summary>How they ended, in the order of <see cref="RequestEnd"/>.</summary>
    public required IReadOnlyList<long> Ended { get; init; }

    /// <summary>Answers to requests that had ended already; more than none only where something went wrong.</summary>
    public required long Surplus { get; init; }

    /// <summary>Requests whose answer came by the deadline, of all that are measured, 0..1.</summary>
    public required double OnTime { get; init; }

    /// <summary>Median time from arrival to answer of those that were done.</summary>
    public required long P50Us { get; init; }

    /// <summary>The time that 99 of 100 of them kept to.</summary>
    public required long P99Us { get; init; }

    /// <summary>The same for requests of the control class; 0 where there were none.</summary>
    public required long ControlP99Us { get; init; }

    /// <summary>Work answered on time over what all devices could do in full batches, in the time in which requests came. A unit's worth is its time in a full batch.</summary>
    public required double Goodput { get; init; }

    /// <summary>Messages that placed a request, a request; its answer, the same for all placements, is not among them.</summary>
    public required double Messages { get; init; }

    /// <summary>Mean units of a launch.</summary>
    public required double BatchUnits { get; init; }

    /// <summary>The longest that a batch which every device could do in time waited while a device for it stood idle, in longest round trips.</summary>
    public required double IdleRoundTripsMax { get; init; }

    /// <summary>Device time spent idle while such work waited at the device's site, of all device time.</summary>
    public required double IdleRatio { get; init; }

    /// <summary>Requests that went up a tier.</summary>
    public required long WentUp { get; init; }

    /// <summary>Requests whose execution began after their deadline. There must be none.</summary>
    public required long ExecutedLate { get; init; }

    /// <summary>The absolute relative error of launch predictions that 99 of 100 kept to; 0 where nothing is predicted.</summary>
    public required double PredictionErrorP99 { get; init; }

    /// <summary>The most by which a launch ended before its predicted time, microseconds; 0 where nothing is predicted.</summary>
    public required long EarlyUsMax { get; init; }

    /// <summary>A number that follows from how and when each request ended: equal runs have equal ones.</summary>
    public required ulong Fingerprint { get; init; }

    /// <summary>Simulated time until the last request had ended.</summary>
    public required long EndUs { get; init; }
}
