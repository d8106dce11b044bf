namespace IndustrialTwin.Devices;

/// <summary>Which devices discovery opens.</summary>
public sealed record DiscoveryOptions
{
    /// <summary>The choice where none is made: GPUs if there are any, and one native device.</summary>
    public static DiscoveryOptions Default { get; } = new();

    /// <summary>Whether CUDA devices are looked for.</summary>
    public bool IsCudaAllowed { get; init; } = true;

    /// <summary>Whether OpenCL GPUs are looked for. They are opened only where no CUDA device is.</summary>
    public bool IsOpenClAllowed { get; init; } = true;

    /// <summary>
    /// Whether an OpenCL device that is itself a processor may be opened. It is many times slower than the native device on the same
    /// processor, so it is never chosen by itself.
    /// </summary>
    public bool IsOpenClCpuAllowed { get; init; }

    /// <summary>Devices of one kind that are opened at most, 1..64.</summary>
    public int DevicesPerKindMax { get; init; } = 16;

    /// <summary>Native devices to open, each with an owner thread and as many more for large launches as DeviceOptions allows, 1..256.</summary>
    public int NativeDevices { get; init; } = 1;

    /// <summary>Longest time that opening and probing one device may take, compilation included. Above 0, at most 10 min.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Throws when a value is outside its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the value and its range.</exception>
    public void Validate()
    {
        if (DevicesPerKindMax is < 1 or > 64)
            throw new ArgumentOutOfRangeException(nameof(DevicesPerKindMax), DevicesPerKindMax, "DiscoveryOptions.DevicesPerKindMax must lie in 1..64.");
        if (NativeDevices is < 1 or > 256)
            throw new ArgumentOutOfRangeException(nameof(NativeDevices), NativeDevices, "DiscoveryOptions.NativeDevices must lie in 1..256.");
        if (ProbeTimeout <= TimeSpan.Zero || ProbeTimeout > TimeSpan.FromMinutes(10))
            throw new ArgumentOutOfRangeException(nameof(ProbeTimeout), ProbeTimeout, "DiscoveryOptions.ProbeTimeout must be above 0, at most 10 min.");
    }
}
