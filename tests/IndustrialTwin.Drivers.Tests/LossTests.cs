using System.Diagnostics;
using IndustrialTwin.Conformance;
using IndustrialTwin.Devices;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace IndustrialTwin.Drivers;

/// <summary>The devices of a node, one of them behind the sample driver, as a silo has them.</summary>
public sealed class LossTests
{
    private static readonly DiscoveryOptions Discovery = new()
    {
        IsCudaAllowed = false,
        IsOpenClAllowed = false,
        DriverWaitMax = TimeSpan.FromSeconds(30),
        DriverRetryInterval = TimeSpan.FromMilliseconds(20),
    };

    private readonly OperationCase _case = OperationCase.Of("power-spectrum");

    [Fact]
    public async Task A_killed_driver_loses_no_job_and_gets_work_again_when_it_is_back()
    {
        await using var sample = new SampleProcess();
        await sample.Process.StartAsync(TestContext.Current.CancellationToken);
        var devices = await OpenAsync(sample.Options, Discovery);
        var (driven, native) = (devices[0], devices[1]);
        Assert.Equal("npu-0", driven.Description.Id);
        Assert.Equal("IndustrialTwin sample driver", driven.Description.Name);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var work = WorkAsync(driven, stop.Token);
        await UntilAsync(() => driven.Status.JobsDone > 100);
        Assert.Equal(0, native.Status.JobsDone);

        await sample.Process.KillAsync();
        await UntilAsync(() => !driven.Status.IsHealthy);
        var goneOn = native.Status.JobsDone;
        await UntilAsync(() => native.Status.JobsDone > goneOn + 100);

        await sample.Process.StartAsync(TestContext.Current.CancellationToken);
        await UntilAsync(() => driven.Status.IsHealthy);
        var done = driven.Status.JobsDone;
        await UntilAsync(() => driven.Status.JobsDone > done + 100);
        Assert.Equal(2, driven.Status.Rebuilds);
        await stop.CancelAsync();
        Assert.True(await work > 300);
        await CloseAsync(devices);
    }

    [Fact]
    public async Task A_driver_that_comes_after_the_silo_is_used_from_then_on()
    {
        await using var sample = new SampleProcess();
        var devices = await OpenAsync(sample.Options, Discovery with { DriverWaitMax = TimeSpan.FromMilliseconds(50) });
        var driven = devices[0];
        Assert.False(driven.Status.IsHealthy);
        await UntilAsync(() => driven.Status.LastError is not null); // Until the first look it is just being opened.
        Assert.Contains("is not there", driven.Status.LastError, StringComparison.Ordinal);
        Assert.Null((await _case.CheckAsync(driven, 2, 64, ConformanceSuite.Tolerance, TestContext.Current.CancellationToken)).Failure);
        Assert.Equal(3, devices[1].Status.JobsDone);
        await sample.Process.StartAsync(TestContext.Current.CancellationToken);
        await UntilAsync(() => driven.Status.IsHealthy);
        Assert.Null((await _case.CheckAsync(driven, 2, 64, ConformanceSuite.Tolerance, TestContext.Current.CancellationToken)).Failure);
        Assert.Equal((3, 3), (driven.Status.JobsDone, devices[1].Status.JobsDone));
        await CloseAsync(devices);
    }

    [Fact]
    public async Task What_a_driver_does_not_have_is_done_by_the_native_device()
    {
        await using var rogue = await RogueDriver.StartAsync();
        var devices = await OpenAsync(rogue.Options, Discovery);
        Assert.Null((await _case.CheckAsync(devices[0], 2, 64, ConformanceSuite.Tolerance, TestContext.Current.CancellationToken)).Failure);
        Assert.Equal((0, 3), (devices[0].Status.JobsDone, devices[1].Status.JobsDone));
        // And what is too large for it.
        Assert.Null((await RogueDriver.Case.CheckAsync(devices[0], 300, 1_024, ConformanceSuite.Tolerance, TestContext.Current.CancellationToken)).Failure);
        Assert.Equal((0, 6), (devices[0].Status.JobsDone, devices[1].Status.JobsDone));
        await CloseAsync(devices);
    }

    [Theory]
    [InlineData("Npu 0", "/tmp/a.sock", null, "expected lower-case letters")]
    [InlineData("native-0", "/tmp/a.sock", null, "an id of the node's own devices")]
    [InlineData("npu-0", null, null, "neither Socket and Assembly")]
    [InlineData("npu-0", "/tmp/a.sock", "a.dll", "both Socket and Assembly")]
    [InlineData("npu-0", "a.sock", null, "must be an absolute path")]
    [InlineData("npu-0", null, "../a.dll", "expected the name of a file in the driver folder")]
    [InlineData("npu-0", null, "a.dll", "Devices:Drivers:0:Type is missing")]
    public void A_setting_that_is_not_as_it_must_be_is_named(string id, string? socket, string? assembly, string reason)
    {
        var options = new DriversOptions { Drivers = { new DriverOptions { Id = id, Socket = socket, Assembly = assembly } } };
        var error = Assert.Throws<DriverException>(options.ToDrivers);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("Devices:Drivers:0", error.Message, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<IComputeDevice>> OpenAsync(SocketOptions socket, DiscoveryOptions discovery) =>
        await new DeviceDiscovery(discovery, logger: NullLogger.Instance, drivers: [new NamedDriver("npu-0", new SocketDriver(socket))])
            .OpenAsync(TestContext.Current.CancellationToken);

    private static async Task CloseAsync(IReadOnlyList<IComputeDevice> devices)
    {
        foreach (var device in devices)
            await device.DisposeAsync();
    }

    /// <summary>Three jobs at a time, each checked, until it is told to stop; answers how many.</summary>
    private async Task<int> WorkAsync(IComputeDevice device, CancellationToken cancellationToken)
    {
        for (var jobs = 0; ; jobs += 3)
        {
            if (cancellationToken.IsCancellationRequested)
                return jobs;
            var result = await _case.CheckAsync(device, 2, 64, ConformanceSuite.Tolerance, CancellationToken.None);
            Assert.Null(result.Failure);
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var start = Stopwatch.GetTimestamp(); !condition(); await Task.Delay(5, TestContext.Current.CancellationToken))
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30), "What was waited for did not come.");
    }
}
