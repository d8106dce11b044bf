namespace IndustrialTwin.Traces;

/// <summary>What a device was at while a request waited for it: its longest launch in that time.</summary>
internal sealed class DeviceWork(RecordedSpan queue)
{
    /// <summary>What it computed.</summary>
    public string Operation { get; } = queue.Tags["device.before.operation"] as string ?? "?";

    /// <summary>Control, monitor or deferrable.</summary>
    public string Class { get; } = queue.Tags.GetValueOrDefault("device.before.class") as string ?? "?";

    /// <summary>Of how many windows; NaN where it does not say.</summary>
    public double Windows { get; } = queue.Number("device.before.windows") ?? double.NaN;

    /// <summary>How long of the wait the device was at launches, milliseconds.</summary>
    public double BusyMs { get; } = queue.Number("device.before.busy_ms") ?? double.NaN;

    /// <summary>How long that launch took, milliseconds.</summary>
    public double LaunchMs { get; } = queue.Number("device.before.launch_ms") ?? double.NaN;

    /// <summary>How long of it the device's thread had a processor, milliseconds; NaN where it is not measured.</summary>
    public double CpuMs { get; } = queue.Number("device.before.cpu_ms") ?? double.NaN;

    /// <summary>Whether the device's thread did not compute for most of that launch.</summary>
    public bool IsStarved => Starved(queue, LaunchMs, CpuMs);

    /// <summary>Whether a device's thread did not compute for most of a launch. A driver's device computes on its own hardware: its thread waits, and that means nothing.</summary>
    public static bool Starved(RecordedSpan? span, double launchMs, double cpuMs) =>
        span?.Tags.GetValueOrDefault("device.id") is string device && device.StartsWith("native", StringComparison.Ordinal) && cpuMs < launchMs / 2;
}
