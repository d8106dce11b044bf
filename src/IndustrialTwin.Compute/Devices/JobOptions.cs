using System.Diagnostics;

namespace IndustrialTwin.Devices;

/// <summary>How one job is to be run.</summary>
/// <param name="Deadline">A job not launched by then is dropped as expired; null waits as long as it takes.</param>
/// <param name="Parent">The trace the job belongs to; the default is unsampled and costs nothing.</param>
public readonly record struct JobOptions(DateTimeOffset? Deadline = null, ActivityContext Parent = default);
