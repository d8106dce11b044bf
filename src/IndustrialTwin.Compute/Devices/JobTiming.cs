namespace IndustrialTwin.Devices;

/// <summary>Where a job's time went.</summary>
/// <param name="QueueWait">From acceptance to launch, or to the drop.</param>
/// <param name="LaunchDuration">The whole launch, shared with the other jobs in it; zero when the job was not launched.</param>
/// <param name="LaunchJobs">Jobs in that launch.</param>
/// <param name="LaunchWindows">Windows in that launch.</param>
/// <param name="DeviceId">The device that ended the job.</param>
public readonly record struct JobTiming(TimeSpan QueueWait, TimeSpan LaunchDuration, int LaunchJobs, int LaunchWindows, string DeviceId);
