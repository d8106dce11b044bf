using IndustrialTwin.Operations;
using IndustrialTwin.Operations.MonteCarlo;
using IndustrialTwin.Operations.Statistics;
using Xunit;

namespace IndustrialTwin.Devices;

/// <summary>Long jobs on hardware that takes arrays: in parts, between which urgent jobs pass.</summary>
public sealed class PartedTests
{
    private static readonly DegradationInput Wear = new(0, 0.1, 0.5, 60, Steps: 600, Paths: 2_000);

    [Fact]
    public async Task A_long_job_goes_in_parts_that_fit_and_gives_what_it_gives_whole()
    {
        var hardware = new Paths { JobBytesMax = 1_000 };
        await using var device = await OpenAsync(hardware);
        var outcome = await device.RunAsync(DegradationWhatIf.Instance, Wear, default, TestContext.Current.CancellationToken);
        Assert.True(outcome.TryGetResult(out var result), outcome.Reason);
        Assert.Equal(hardware.Expected, result.FailureSteps);
        Assert.Equal(Wear.Paths, hardware.Parts.Sum());
        Assert.InRange(hardware.Parts.Max(), 1, 125);
        Assert.True(hardware.Parts.Count >= 16);
        // A short one is a part of its own.
        hardware.Parts.Clear();
        outcome = await device.RunAsync(DegradationWhatIf.Instance, Wear with { Paths = 100 }, default, TestContext.Current.CancellationToken);
        Assert.True(outcome.TryGetResult(out result), outcome.Reason);
        Assert.Equal(hardware.Expected[..100], result.FailureSteps);
        Assert.Equal([100], hardware.Parts);
    }

    [Fact]
    public async Task A_control_job_waits_for_one_part()
    {
        var hardware = new Paths { JobBytesMax = 4_000 };
        await using var device = await OpenAsync(hardware);
        Task<JobOutcome<WindowSummary[]>>? control = null;
        var (asked, done) = (0, 0);
        hardware.Launching = operation =>
        {
            if (operation == WindowStatistics.Instance.Name)
                done = hardware.Parts.Count;
            if (hardware.Parts.Count == 3 && control is null)
            {
                asked = hardware.Parts.Count;
                control = device.RunAsync(WindowStatistics.Instance, new WindowBatch(new float[] { 1, 2, 3 }, 3), new JobOptions { Class = JobClass.Control }).AsTask();
            }
        };
        var outcome = await device.RunAsync(DegradationWhatIf.Instance, Wear, new JobOptions { Class = JobClass.Deferrable }, TestContext.Current.CancellationToken);
        Assert.True(outcome.TryGetResult(out var result), outcome.Reason);
        Assert.Equal(hardware.Expected, result.FailureSteps);
        Assert.True((await control!).TryGetResult(out _));
        Assert.Equal((3, 3), (asked, done));
        Assert.True(hardware.Parts.Count > 4);
    }

    [Fact]
    public async Task A_part_that_is_answered_wrong_fails_the_job()
    {
        var hardware = new Paths { JobBytesMax = 1_000, BentPart = 5 };
        await using var device = await OpenAsync(hardware);
        var outcome = await device.RunAsync(DegradationWhatIf.Instance, Wear, default, TestContext.Current.CancellationToken);
        Assert.Equal(JobOutcomeKind.Failed, outcome.Kind);
        Assert.Contains("failure-steps has 601; expected -1 or 1..600", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(5, hardware.Parts.Count);
    }

    [Fact]
    public void Calls_grow_while_they_are_short_and_shrink_when_they_are_long()
    {
        var pace = new CallPace();
        for (var i = 0; i < 4; i++)
            pace.Took(TimeSpan.FromMilliseconds(0.2));
        Assert.Equal(16, pace.Amount);
        pace.Took(TimeSpan.FromMilliseconds(3));
        Assert.Equal(16, pace.Amount);
        pace.Took(TimeSpan.FromMilliseconds(5));
        Assert.Equal(8, pace.Amount);
        pace.Took(TimeSpan.FromMilliseconds(0.2), isFull: false);
        Assert.Equal(8, pace.Amount);

        // Where every call costs much, little work a call would never end.
        var slow = new CallPace();
        for (var i = 0; i < 5; i++)
            slow.Took(TimeSpan.FromMilliseconds(50 + (10 * slow.Amount / 16.0)));
        Assert.Equal(32, slow.Amount);
        slow.Took(TimeSpan.FromMilliseconds(200));
        Assert.Equal(16, slow.Amount);
        for (var i = 0; i < 100; i++)
            slow.Took(TimeSpan.FromSeconds(1));
        Assert.Equal(1, slow.Amount);
    }

    private static async Task<IComputeDevice> OpenAsync(Paths hardware)
    {
        var device = await DeviceDiscovery.OpenDriverAsync(new NamedDriver("npu-0", new Driver(hardware)), DeviceOptions.Default);
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); !device.Status.IsHealthy; await Task.Delay(5, TestContext.Current.CancellationToken))
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30), device.Status.LastError ?? "It did not open.");
        return device;
    }

    private sealed class Driver(Paths hardware) : DeviceDriver
    {
        public override DeviceHardware Open(string id) => hardware;
    }

    /// <summary>Computes paths by the reference, and keeps a list of the parts it was asked for; it also knows window statistics.</summary>
    private sealed class Paths : ArrayHardware
    {
        public int[] Expected { get; } = DegradationWhatIf.Instance.Reference(Wear).FailureSteps;

        public List<int> Parts { get; } = [];

        public long JobBytesMax { get; init; }

        public int BentPart { get; init; } = -1;

        public Action<string> Launching { get; set; } = _ => { };

        public override DeviceDescription Description => new("npu-0", DeviceKind.Npu, "a fake", 0, 1, true, 64)
        {
            Operations = new HashSet<string> { WindowStatistics.Instance.Name, DegradationWhatIf.Instance.Name },
            JobBytesMax = JobBytesMax,
        };

        public override IReadOnlyList<IReadOnlyList<NamedArray>> Launch(string operation, IReadOnlyList<ArrayJob> jobs) =>
            [.. jobs.Select(job => operation == WindowStatistics.Instance.Name ? Statistics(job) : Failures(job))];

        public override void Dispose()
        {
        }

        private NamedArray[] Statistics(ArrayJob job)
        {
            Launching(WindowStatistics.Instance.Name);
            var summaries = WindowStatistics.Instance.Reference(new WindowBatch(job.Inputs[0].ToFloat32(), (int)job.Inputs[0].Extents[1]));
            return [NamedArray.Of("summaries", System.Runtime.InteropServices.MemoryMarshal.Cast<WindowSummary, double>(summaries.AsSpan()), summaries.Length, 10)];
        }

        private NamedArray[] Failures(ArrayJob job)
        {
            var (first, count) = ((int)job.Inputs[5].ToInt64()[0], (int)job.Inputs[6].ToInt64()[0]);
            Parts.Add(count);
            Launching(DegradationWhatIf.Instance.Name);
            var steps = Array.ConvertAll(Expected[first..(first + count)], step => (long)step);
            if (Parts.Count == BentPart)
                steps[0] = Wear.Steps + 1;
            return [NamedArray.Of("failure-steps", steps, count)];
        }
    }
}
