using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Devices;
using IndustrialTwin.Machines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Work;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace IndustrialTwin.Controls;

public class CommandNumberTests
{
    [Fact]
    public async Task A_new_declaration_goes_on_counting_and_leaves_equal_loops_as_they_are()
    {
        await using var devices = new NodeDevices(
            Options.Create(new NodeOptions { Node = "node" }), Options.Create(new DiscoveryOptions()), Options.Create(DeviceOptions.Default), [],
            NullLogger<NodeDevices>.Instance, async (_, _) =>
            {
                var device = new ScriptedDevice("native-0");
                await device.OpenAsync();
                return [device];
            });
        await devices.StartingAsync(default);
        var sink = new Sink();
        var interlock = new ControlDeclaration("stop", "force", 2, Statistic.Maximum, new LimitLaw(AlarmSide.High, -2_000, -3_000, 1), "stop", TimeSpan.FromSeconds(10));
        var feed = new ControlDeclaration("feed", "speed", 2, Statistic.Mean, new ProportionalLaw(0, 1, 0, -1e6, 1e6), "rate", TimeSpan.FromSeconds(10));

        var loops = Loops([interlock, feed], null);
        await ObserveAsync(loops, 0, commands: 2);
        var after = Loops([interlock with { }, feed with { Law = new ProportionalLaw(0, 2, 0, -1e6, 1e6) }], loops);
        await ObserveAsync(after, 1, commands: 3); // The interlock has acted and is the same: it does not act again.
        Assert.Equal([1, 2, 3], sink.Commands.Select(command => command.Number));
        Assert.Equal(["rate"], sink.Commands.Skip(2).Select(command => command.Command));

        ControlLoops Loops(ControlDeclaration[] declared, ControlLoops? before) =>
            new(Plant.Press, declared, 7, devices, sink, TimeProvider.System, NullLogger.Instance, before);

        async Task ObserveAsync(ControlLoops observing, long sequence, int commands)
        {
            var batch = Plant.Batch(sequence);
            observing.Observe(batch, batch.Columns);
            await Cluster.TwinCluster.UntilAsync(() => Task.FromResult(
                sink.Commands.Count >= commands && observing.ToSnapshots().All(loop => loop.Statistic is not null)));
        }
    }

    private sealed class Sink : ICommandSink
    {
        public List<MachineCommand> Commands { get; } = [];

        public ValueTask<bool> SendAsync(MachineCommand command, CancellationToken cancellationToken)
        {
            lock (Commands)
            {
                Commands.Add(command);
            }

            return new(true);
        }
    }
}
