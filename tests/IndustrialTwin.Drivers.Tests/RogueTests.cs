using System.Diagnostics;
using Google.Protobuf;
using IndustrialTwin.Conformance;
using IndustrialTwin.Devices;
using IndustrialTwin.Protocol;
using Xunit;

namespace IndustrialTwin.Drivers;

/// <summary>A driver that breaks, lies, floods or hangs costs the jobs of its launch, and nothing else.</summary>
public sealed class RogueTests
{
    private static readonly DeviceOptions Eager = new() { RebuildInterval = TimeSpan.FromMilliseconds(10), RebuildIntervalMax = TimeSpan.FromMilliseconds(100) };

    private static readonly Dictionary<string, (string Reason, Func<LaunchReply, CancellationToken, Task> Bend)> Bends = new()
    {
        ["no results"] = ("There are 0 results", Now(reply => reply.Results.Clear())),
        ["too many results"] = ("There are more results than", Now(reply => reply.Results.Add(new LaunchResult()))),
        ["no arrays"] = ("expected summaries", Now(reply => reply.Results[0].Outputs.Clear())),
        ["too many arrays"] = ("more than 1 arrays", Now(reply => reply.Results[0].Outputs.Add(new NamedArray()))),
        ["another name"] = ("expected summaries", Now(reply => Array(reply).Name = "summary")),
        ["other elements"] = ("expected summaries", Now(reply => Array(reply).Element = Element.Float32)),
        ["unknown elements"] = ("expected summaries", Now(reply => Array(reply).Element = (Element)77)),
        ["short data"] = ("bytes; expected", Now(reply => Array(reply).Data = ByteString.CopyFrom(Array(reply).Data.Span[..^1]))),
        ["other extents"] = ("expected summaries", Now(reply => Array(reply).Extents[0]++)),
        ["a negative extent"] = ("extent -1", Now(reply => Array(reply).Extents[0] = -1)),
        ["many extents"] = ("at most 8 extents", Now(reply => Array(reply).Extents.AddRange(Enumerable.Repeat(1L, 100_000)))),
        ["a long name"] = ("expected at most 128", Now(reply => Array(reply).Name = new string('x', 1_000_000))),
        ["not a number"] = ("gave device 'rogue-0' no finite result", Now(reply => Array(reply).Data = ByteString.CopyFrom(NotNumbers(Array(reply).Data.Length)))),
        ["a flood of empty results"] = ("There are more results than", Now(reply => reply.Results.AddRange(Enumerable.Repeat(new LaunchResult(), 1_000_000)))),
        ["more bytes than may be"] = ("ResourceExhausted", Now(reply => Array(reply).Data = ByteString.CopyFrom(new byte[6 << 20]))),
        ["another process"] = ("was started anew", Now(reply => reply.Instance = "rogue-2")),
        ["an exception"] = ("failed Launch with Unknown", Now(_ => throw new InvalidOperationException("broken"))),
        ["nothing, ever"] = ("did not answer Launch within 0.5 s", (_, token) => Task.Delay(Timeout.Infinite, token)),
    };

    public static TheoryData<string> Bent => [.. Bends.Keys];

    [Theory]
    [MemberData(nameof(Bent))]
    public async Task A_bent_answer_fails_its_job_and_the_next_one_is_done(string how)
    {
        await using var rogue = await RogueDriver.StartAsync();
        await using var device = await OpenAsync(rogue);
        var (reason, bend) = Bends[how];
        var isBent = 1;
        rogue.Bending = (reply, token) => Interlocked.Exchange(ref isBent, 0) == 1 ? bend(reply, token) : Task.CompletedTask;
        var failed = await RunAsync(device);
        Assert.Contains(reason, failed, StringComparison.Ordinal);
        await HealthyAsync(device);
        Assert.Null(await RunAsync(device));
        // What is no number came from one launch; the device was asked for a known result and gave it.
        Assert.Equal(how == "not a number" ? 1 : 2, device.Status.Rebuilds);
    }

    [Fact]
    public async Task A_driver_that_hangs_for_good_takes_no_thread_and_says_so()
    {
        await using var rogue = await RogueDriver.StartAsync();
        await using var device = await OpenAsync(rogue);
        rogue.Bending = (_, token) => Task.Delay(Timeout.Infinite, token);
        Assert.Contains("did not answer Launch", await RunAsync(device), StringComparison.Ordinal);
        await UntilAsync(() => device.Status.LastError?.Contains("did not answer Launch", StringComparison.Ordinal) == true && rogue.Launches > 3);
        Assert.False(device.Status.IsHealthy);
        Assert.Equal(0, device.Status.LaunchesHung);
        rogue.Bending = null;
        await HealthyAsync(device);
        Assert.Null(await RunAsync(device));
    }

    [Fact]
    public async Task A_driver_that_always_lies_is_never_trusted()
    {
        await using var rogue = await RogueDriver.StartAsync();
        rogue.Bending = Now(reply => Array(reply).Data = ByteString.CopyFrom(new byte[Array(reply).Data.Length]));
        await using var device = await DeviceDiscovery.OpenDriverAsync(new NamedDriver("rogue-0", new SocketDriver(rogue.Options)), Eager);
        await UntilAsync(() => device.Status.LastError is not null);
        Assert.False(device.Status.IsHealthy);
        Assert.Contains("its window-statistics is wrong", device.Status.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_idle_driver_that_is_not_well_is_noticed()
    {
        await using var rogue = await RogueDriver.StartAsync();
        await using var device = await OpenAsync(rogue);
        rogue.Feeling = reply => (reply.IsHealthy, reply.Detail) = (false, "too\thot");
        await UntilAsync(() => device.Status.Rebuilds > 1);
        Assert.Contains("not healthy: too?hot", device.Status.LastError, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Descriptions => new()
    {
        { "version", "version '2'; expected 1" },
        { "instance", "instance ''" },
        { "name", "name 'a?b'" },
        { "kind", "kind 'Unspecified'" },
        { "operations", "number of operations '0'" },
        { "operation", "operation 'Window Statistics'" },
        { "bytes", "launch_bytes_max '1'" },
        { "jobs", "launch_jobs_max '0'" },
        { "unknown", "none of its operations can be checked: something-else" },
        { "flood", "at most 65536" },
    };

    [Theory]
    [MemberData(nameof(Descriptions))]
    public async Task A_description_that_cannot_be_keeps_the_driver_out(string how, string reason)
    {
        await using var rogue = await RogueDriver.StartAsync();
        rogue.Describing = reply =>
        {
            switch (how)
            {
                case "version": reply.Version = 2; break;
                case "instance": reply.Instance = ""; break;
                case "name": reply.Name = "a\nb"; break;
                case "kind": reply.Kind = Protocol.DeviceKind.Unspecified; break;
                case "operations": reply.Operations.Clear(); break;
                case "operation": reply.Operations.Add("Window Statistics"); break;
                case "bytes": reply.LaunchBytesMax = 1; break;
                case "jobs": reply.LaunchJobsMax = 0; break;
                case "unknown": reply.Operations[0] = "something-else"; break;
                default: reply.Operations.AddRange(Enumerable.Repeat("x", 1_000_000)); break;
            }
        };
        await using var device = await DeviceDiscovery.OpenDriverAsync(new NamedDriver("rogue-0", new SocketDriver(rogue.Options)), Eager);
        await UntilAsync(() => device.Status.LastError is not null);
        Assert.Contains(reason, device.Status.LastError, StringComparison.Ordinal);
        Assert.False(device.Status.IsHealthy);
    }

    [Fact]
    public async Task A_socket_that_others_can_open_is_not_used()
    {
        await using var rogue = await RogueDriver.StartAsync(mode: UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
        await using var device = await DeviceDiscovery.OpenDriverAsync(new NamedDriver("rogue-0", new SocketDriver(rogue.Options)), Eager);
        await UntilAsync(() => device.Status.LastError is not null);
        Assert.Contains("has mode 602; expected 600", device.Status.LastError, StringComparison.Ordinal);
        Assert.Equal(0, rogue.Launches);
    }

    [Fact]
    public async Task A_driver_of_another_user_is_not_used()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells who listens at a socket.");
        await using var rogue = await RogueDriver.StartAsync();
        await using var device = await DeviceDiscovery.OpenDriverAsync(
            new NamedDriver("rogue-0", new SocketDriver(rogue.Options with { UserId = 54_321 })), Eager);
        await UntilAsync(() => device.Status.LastError is not null);
        Assert.Contains("expected user 54321", device.Status.LastError, StringComparison.Ordinal);
        Assert.Equal(0, rogue.Launches);
    }

    [Fact]
    public async Task A_job_that_is_larger_than_the_driver_takes_is_refused_and_harms_nothing()
    {
        await using var rogue = await RogueDriver.StartAsync();
        await using var device = await OpenAsync(rogue);
        var result = await RogueDriver.Case.CheckAsync(device, 300, 1_024, ConformanceSuite.Tolerance, TestContext.Current.CancellationToken);
        Assert.Contains("JobBytesMax = 1048576", result.Failure, StringComparison.Ordinal);
        Assert.Equal(3, device.Status.JobsRefused);
        // Three of 819,200 bytes each share a launch of the device, and are sent one by one.
        var launches = rogue.Launches;
        result = await RogueDriver.Case.CheckAsync(device, 200, 1_024, ConformanceSuite.Tolerance, TestContext.Current.CancellationToken);
        Assert.Null(result.Failure);
        Assert.Equal(launches + 3, rogue.Launches);
    }

    private static NamedArray Array(LaunchReply reply) => reply.Results[0].Outputs[0];

    private static byte[] NotNumbers(int bytes) => [.. Enumerable.Range(0, bytes / 8).SelectMany(_ => BitConverter.GetBytes(double.NaN))];

    private static Func<LaunchReply, CancellationToken, Task> Now(Action<LaunchReply> bend) => (reply, _) =>
    {
        bend(reply);
        return Task.CompletedTask;
    };

    private static async Task<IComputeDevice> OpenAsync(RogueDriver rogue)
    {
        var device = await DeviceDiscovery.OpenDriverAsync(
            new NamedDriver("rogue-0", new SocketDriver(rogue.Options with { CheckInterval = TimeSpan.FromMilliseconds(100) })), Eager);
        await HealthyAsync(device);
        return device;
    }

    /// <summary>Three jobs; the reason of the first that failed.</summary>
    private static async Task<string?> RunAsync(IComputeDevice device) =>
        (await RogueDriver.Case.CheckAsync(device, 2, 32, ConformanceSuite.Tolerance, TestContext.Current.CancellationToken)).Failure;

    private static Task HealthyAsync(IComputeDevice device) => UntilAsync(() => device.Status.IsHealthy, () => device.Status.LastError);

    private static async Task UntilAsync(Func<bool> condition, Func<string?>? otherwise = null)
    {
        for (var start = Stopwatch.GetTimestamp(); !condition(); await Task.Delay(5, TestContext.Current.CancellationToken))
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30), otherwise?.Invoke() ?? "What was waited for did not come.");
    }
}
