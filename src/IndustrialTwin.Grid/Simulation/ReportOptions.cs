namespace IndustrialTwin.Simulation;

/// <summary>What a report simulates.</summary>
public sealed record ReportOptions
{
    /// <summary>Requests of each simulation; curves, jobs and faults take a fifth. 10,000 or more; below 200,000 much of what is measured is beginning and end.</summary>
    public int Requests { get; init; } = 1_000_000;

    /// <summary>Accelerators.</summary>
    public int Devices { get; init; } = 32;

    /// <summary>Kernels.</summary>
    public int Kernels { get; init; } = 16;

    /// <summary>Whether devices differ in speed.</summary>
    public bool IsHeterogeneous { get; init; }

    /// <summary>Deadlines in full batch times.</summary>
    public double DeadlineBatches { get; init; } = 5;

    /// <summary>All that is random follows from this.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The folder of the data sets, or null for none; traces that are not there are left out.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Simulations that run side by side, 1 or more.</summary>
    public int Parallel { get; init; } = Environment.ProcessorCount;

    /// <summary>Throws when a value is outside its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the option, its value and its range.</exception>
    public void Validate()
    {
        if (Requests < 10_000)
            throw new ArgumentOutOfRangeException(nameof(Requests), Requests, "ReportOptions.Requests must be at least 10,000.");
        if (Parallel < 1)
            throw new ArgumentOutOfRangeException(nameof(Parallel), Parallel, "ReportOptions.Parallel must be at least 1.");
        (new SimulationOptions { Devices = Devices, Kernels = Kernels, DeadlineBatches = DeadlineBatches }).Validate();
    }
}
