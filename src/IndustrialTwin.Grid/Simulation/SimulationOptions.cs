using IndustrialTwin.Policy;

namespace IndustrialTwin.Simulation;

/// <summary>A grid and its work, to be simulated.</summary>
public sealed record SimulationOptions
{
    /// <summary>How work finds a device.</summary>
    public Placement Placement { get; init; } = Placement.Pull;

    /// <summary>The policy's constants.</summary>
    public PolicyOptions Policy { get; init; } = PolicyOptions.Default;

    /// <summary>When requests come.</summary>
    public ArrivalKind Arrivals { get; init; }

    /// <summary>The recorded arrivals and sizes, where <see cref="Arrivals"/> is a trace.</summary>
    public ArrivalTrace? Trace { get; init; }

    /// <summary>Whether the work is unbatched jobs without deadlines, rather than batched requests.</summary>
    public bool IsJobs { get; init; }

    /// <summary>Accelerators, 1..1,024.</summary>
    public int Devices { get; init; } = 32;

    /// <summary>Kernels, 1..256.</summary>
    public int Kernels { get; init; } = 16;

    /// <summary>Sites, 1..16. With more than one, the last is the tier above the others and has no arrivals of its own.</summary>
    public int Sites { get; init; } = 1;

    /// <summary>Silos that share a site's queues and devices, 1..64.</summary>
    public int Silos { get; init; } = 4;

    /// <summary>Whether devices differ: a quarter at half speed, a quarter at twice the speed.</summary>
    public bool IsHeterogeneous { get; init; }

    /// <summary>Arriving work over what all devices could do in full batches, above 0.</summary>
    public double Load { get; init; } = 0.9;

    /// <summary>Requests, 1 or more.</summary>
    public int Requests { get; init; } = 200_000;

    /// <summary>Deadlines, as full batch times after arrival.</summary>
    public double DeadlineBatches { get; init; } = 6;

    /// <summary>Requests of the control class, 0..1; they start on a device of their own node.</summary>
    public double ControlRatio { get; init; }

    /// <summary>Mean time of a full batch, or of a job, microseconds.</summary>
    public long BatchUs { get; init; } = 10_000;

    /// <summary>The part of a full batch's time that an empty one takes too, 0..1.</summary>
    public double SetupRatio { get; init; } = 0.2;

    /// <summary>Standard deviation of a launch's time over its expectation.</summary>
    public double NoiseRatio { get; init; } = 0.02;

    /// <summary>The shortest time that a message takes, microseconds; half as much again is the longest without faults.</summary>
    public long MessageUs { get; init; } = 100;

    /// <summary>The time that a message takes between sites, microseconds.</summary>
    public long SiteMessageUs { get; init; } = 5_000;

    /// <summary>What goes wrong.</summary>
    public FaultOptions Faults { get; init; } = FaultOptions.None;

    /// <summary>All that is random follows from this.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The longest round trip within a site without faults, microseconds.</summary>
    public long RoundTripUs => 2 * (MessageUs + MessageUs / 2);

    /// <summary>Throws when a value is outside its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the option, its value and its range.</exception>
    public void Validate()
    {
        Policy.Validate();
        InRange(Devices, 1, 1_024, nameof(Devices));
        InRange(Kernels, 1, 256, nameof(Kernels));
        InRange(Sites, 1, 16, nameof(Sites));
        InRange(Silos, 1, 64, nameof(Silos));
        InRange(Load, 0.001, 1_000, nameof(Load));
        InRange(Requests, 1, 1_000_000_000, nameof(Requests));
        InRange(DeadlineBatches, 0.1, 1e6, nameof(DeadlineBatches));
        InRange(ControlRatio, 0, 1, nameof(ControlRatio));
        InRange(BatchUs, 100, 60_000_000, nameof(BatchUs));
        InRange(SetupRatio, 0, 0.99, nameof(SetupRatio));
        InRange(NoiseRatio, 0, 1, nameof(NoiseRatio));
        InRange(MessageUs, 1, 10_000_000, nameof(MessageUs));
        InRange(Faults.LossRatio, 0, 0.5, nameof(Faults.LossRatio));
        InRange(Faults.SlowRatio, 0, 1, nameof(Faults.SlowRatio));
        InRange(Faults.SlowTimes, 1, 1_000, nameof(Faults.SlowTimes));
        if (Devices < Sites)
            throw new ArgumentOutOfRangeException(nameof(Devices), Devices, $"SimulationOptions.Devices must be at least one a site, {Sites}.");
        if (Arrivals != ArrivalKind.Poisson && Trace is null)
            throw new ArgumentOutOfRangeException(nameof(Trace), Arrivals, "SimulationOptions.Trace must be given for recorded arrivals.");
    }

    private static void InRange(double value, double min, double max, string name)
    {
        if (!(value >= min && value <= max))
            throw new ArgumentOutOfRangeException(name, value, $"SimulationOptions.{name} must lie in {min}..{max}.");
    }
}
