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

    public LateDecisionTests() => _fallbacks = new FallbackTimer(_clock, (_, _) => { });

    public void Dispose() => _fallbacks.Dispose();

    [Theory]
    [InlineData(10, "silent", true)] // In time.
    [InlineData(60, "late", false)] // Computed in time for the device, and too late for the machine.
    public async Task A_decision_counts_if_it_was_in_time_also_where_there_is_nothing_to_do(int launchMs, string reason, bool isInTime)
    {
        ControlDeclaration[] loops =
        [
            new("interlock", "force", 2, Statistic.Maximum, new LimitLaw(AlarmSide.High, 900, 800, 1), "stop", TimeSpan.FromMilliseconds(50)) { Fallback = Fallback },
            new("feed", "speed", 2, Statistic.Mean, new ProportionalLaw(0, 1, 0, -9, 9), "rate", TimeSpan.FromMilliseconds(50)) { Fallback = Fallback },
        ];
        foreach (var loop in loops)
        {
            _fallbacks.Follow([loop], isActive: true, []);
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            await using var devices = new NodeDevices(
                Options.Create(new NodeOptions { Node = "node" }), Options.Create(new DiscoveryOptions()), Options.Create(DeviceOptions.Default), [],
                NullLogger<NodeDevices>.Instance, (_, _) => Task.FromResult<IReadOnlyList<IComputeDevice>>([new TimedDevice(_clock, launchMs)]));
            await devices.StartingAsync(default);
            var control = new ControlLoops(Plant.Press, [loop], 7, devices, _sent, _clock, NullLogger.Instance, null, _fallbacks);
            var batch = Plant.Batch(0);
            control.Observe(batch, batch.Columns);

            var watch = _fallbacks.Of(loop)!;
            Assert.Equal(reason, watch.Reason);
            Assert.Equal(TimeSpan.FromMilliseconds(isInTime ? 1_000 : 900 - launchMs), watch.Left);
        }

        Assert.Equal(isInTime ? ["rate"] : [], _sent.To(Plant.Press).Select(command => command.Command));
    }

    /// <summary>A device that computes at once, and lets so much time pass over it.</summary>
    private sealed class TimedDevice(FakeTimeProvider clock, int launchMs) : IComputeDevice
    {
        public DeviceDescription Description { get; } = new("native-0", DeviceKind.NativeCpu, "a timed device", 1 << 20, 1, true, 256);

        public DeviceStatus Status => throw new NotSupportedException();

        public ValueTask<JobOutcome<TResult>> RunAsync<TInput, TResult>(
            Operation<TInput, TResult> operation, TInput input, JobOptions options, CancellationToken cancellationToken)
        {
            var result = operation.Reference(input);
            clock.Advance(TimeSpan.FromMilliseconds(launchMs));
            return new(JobOutcome<TResult>.Done(result, default));
        }

        public ValueTask DisposeAsync() => default;
    }
}
