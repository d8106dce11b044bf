using System.Diagnostics;

namespace IndustrialTwin.Devices;

/// <summary>How one job is to be run.</summary>
/// <param name="Deadline">
/// A job not launched by then is dropped as expired; null waits as long as it takes, behind those of its class that have one.
/// </param>
/// <param name="Parent">The trace the job belongs to; the default is unsampled and costs nothing.</param>
/// <param name="Class">What it goes before and after.</param>
/// <param name="Group">The jobs that it enters the queue with; null for a job that enters alone.</param>
public readonly record struct JobOptions(
    DateTimeOffset? Deadline = null, ActivityContext Parent = default, JobClass Class = JobClass.Monitor, JobGroup? Group = null);
