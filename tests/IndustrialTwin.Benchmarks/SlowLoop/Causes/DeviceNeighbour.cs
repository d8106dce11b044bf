namespace IndustrialTwin.Benchmarks.SlowLoop;

/// <summary>Only the thread of the device is held up by another program on its processor; the rest of the silo is not.</summary>
internal sealed class DeviceNeighbour : Cause
{
    public override string Name => "device-neighbour";

    public override string Truth => "the device's own thread does not get its processor (pinned beside a busy process): launches take long while they use little processor time";

    public override async Task RunAsync(LoopTrial trial, CancellationToken cancellationToken)
    {
        var thread = Directory.GetDirectories($"/proc/{trial.Silo.ProcessId}/task")
            .Single(task => File.ReadAllText(Path.Combine(task, "comm")).StartsWith("device native", StringComparison.Ordinal));
        await Hog.ToolAsync("taskset", "-c", "-p", Hog.Processor, Path.GetFileName(thread));
        await Hog.ToolAsync("renice", "-n", "7", "-p", Path.GetFileName(thread));
        await Hog.RunAsync(cancellationToken);
    }
}
