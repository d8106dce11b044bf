using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Cluster;
using IndustrialTwin.Devices;
using IndustrialTwin.Machines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Operations;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IndustrialTwin.Controls;

/// <summary>Which decisions keep a loop from falling back: those in time, whatever they come to.</summary>
public sealed class LateDecisionTests : IDisposable
{
    private static readonly ControlFallback Fallback = new("hold", 1, TimeSpan.FromSeconds(1), AlarmPriority.High);

    private readonly FakeTimeProvider _clock = new();
    private readonly RecordedCommands _sent = new();
    private readonly FallbackTimer _fallbacks;
    private readonly TimedDevice _device;

    public LateDecisionTests() => (_fallbacks, _device) = (new FallbackTimer(_clock, (_, _) => { }), new TimedDevice(_clock));

    public void Dispose() => _fallbacks.Dispose();

    [Theory]
    [InlineData(10, "silent", true)] // In time.
    [InlineData(60, "late", false)] // Computed in time for the device, and too late for the machine.
    public async Task A_decision_counts_if_it_was_in_time_also_where_there_is_nothing_to_do(int launchMs, string reason, bool isInTime)
    {
        ControlDeclaration[] loops =
        [
            Interlock(limit: 900),
            new("feed", "speed", 2, Statistic.Mean, new ProportionalLaw(0, 1, 0, -9, 9), "rate", TimeSpan.FromMilliseconds(50)) { Fallback = Fallback },
        ];
        foreach (var loop in loops)
        {
            _fallbacks.Follow([loop], isActive: true, []);
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            _device.LaunchMs = launchMs;
            await using var devices = await DevicesAsync();
            Observe(new ControlLoops(Plant.Press, [loop], 7, devices, _sent, _clock, NullLogger.Instance, null, _fallbacks), 0);

            var watch = _fallbacks.Of(loop)!;
            Assert.Equal(reason, watch.Reason);
            Assert.Equal(TimeSpan.FromMilliseconds(isInTime ? 1_000 : 900 - launchMs), watch.Left);
        }

        Assert.Equal(isInTime ? ["rate"] : [], _sent.To(Plant.Press).Select(command => command.Command));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_interlock_whose_command_did_not_leave_decides_again_with_the_next_samples(bool isLate)
    {
        await using var devices = await DevicesAsync();
        var sink = new DoorSink(_sent);
        var loops = new ControlLoops(Plant.Press, [Interlock(limit: -2_000)], 7, devices, sink, _clock, NullLogger.Instance);
        (_device.LaunchMs, sink.IsOpen) = isLate ? (60, true) : (10, false);
        Observe(loops, 0);
        Assert.Equal((0, 1), (loops.ToSnapshots()[0].Commands, loops.ToSnapshots()[0].Misses));
        (_device.LaunchMs, sink.IsOpen) = (10, true);
        Observe(loops, 1);
        Observe(loops, 2);
        Assert.Equal([1L], _sent.To(Plant.Press).Select(command => command.Sequence)); // And once it has left, no more.
    }

    [Fact]
    public async Task An_interlock_that_returns_from_its_fallback_acts_again_where_it_has_reason_to()
    {
        await using var devices = await DevicesAsync();
        var interlock = Interlock(limit: -2_000);
        _fallbacks.Follow([interlock], isActive: true, []);
        var loops = new ControlLoops(Plant.Press, [interlock], 7, devices, _sent, _clock, NullLogger.Instance, null, _fallbacks);
        Observe(loops, 0);
        Observe(loops, 1);
        Assert.Single(_sent.To(Plant.Press));
        _fallbacks.Of(interlock)!.Fall();
        Assert.NotNull(await loops.FallBackAsync(_fallbacks.Of(interlock)!));
        Observe(loops, 2);
        Observe(loops, 3);
        Assert.Equal([(1L, "stop"), (2, "hold"), (3, "stop")], _sent.To(Plant.Press).Select(command => (command.Number, command.Command)));
    }

    private static ControlDeclaration Interlock(double limit) => new(
        "interlock", "force", 2, Statistic.Maximum, new LimitLaw(AlarmSide.High, limit, limit - 100, 1), "stop", TimeSpan.FromMilliseconds(50)) { Fallback = Fallback };

    private static void Observe(ControlLoops loops, long sequence)
    {
        var batch = Plant.Batch(sequence);
        loops.Observe(batch, batch.Columns);
    }

    private async Task<NodeDevices> DevicesAsync()
    {
        var devices = new NodeDevices(
            Options.Create(new NodeOptions { Node = "node" }), Options.Create(new DiscoveryOptions()), Options.Create(DeviceOptions.Default), [],
            NullLogger<NodeDevices>.Instance, (_, _) => Task.FromResult<IReadOnlyList<IComputeDevice>>([_device]));
        await devices.StartingAsync(default);
        return devices;
    }

    /// <summary>A way out that can be closed.</summary>
    private sealed class DoorSink(RecordedCommands sent) : ICommandSink
    {
        public bool IsOpen { get; set; }

        public ValueTask<bool> SendAsync(MachineCommand command, CancellationToken cancellationToken) =>
            IsOpen ? sent.SendAsync(command, cancellationToken) : new(false);
    }

    /// <summary>A device that computes at once, and lets so much time pass over it.</summary>
    private sealed class TimedDevice(FakeTimeProvider clock) : IComputeDevice
    {
        public int LaunchMs { get; set; }

        public DeviceDescription Description { get; } = new("native-0", DeviceKind.NativeCpu, "a timed device", 1 << 20, 1, true, 256);

        public DeviceStatus Status => throw new NotSupportedException();

        public ValueTask<JobOutcome<TResult>> RunAsync<TInput, TResult>(
            Operation<TInput, TResult> operation, TInput input, JobOptions options, CancellationToken cancellationToken)
        {
            var result = operation.Reference(input);
            clock.Advance(TimeSpan.FromMilliseconds(LaunchMs));
            return new(JobOutcome<TResult>.Done(result, default));
        }

        public ValueTask DisposeAsync() => default;
    }
}
