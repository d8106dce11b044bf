using System.Buffers;
using System.Collections.Concurrent;
using IndustrialTwin.Alarms;
using IndustrialTwin.Controls;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;
using MQTTnet;
using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>
/// A machine whose sensor falls silent, seen from the machine: what the plant file declares arrives on its topic, once, and what its loop
/// decides when the sensor is back. Real silo, real broker.
/// </summary>
public sealed class FallbackTests(ITestOutputHelper output)
{
    private const double Fallback = 1_500;

    /// <summary>The silo measures time by another clock than it dates commands by.</summary>
    private const double ClockSlackUs = 100_000;

    private static readonly TimeSpan After = TimeSpan.FromSeconds(2);
    private static readonly MachineKey Pump = MachineKey.Parse("wuhan/line-1/pump-01");

    private const string Yaml = """
        site: wuhan
        title: Wuhan plant
        machineTypes:
          pump:
            clockSkewMax: none
            channels:
              - {name: pressure, unit: bar, min: 0, max: 25, rateHz: 100}
            controls:
              - name: pressure
                channel: pressure
                windowRows: 4
                statistic: mean
                target: 5
                gain: 120
                bias: 2900
                min: 1500
                max: 3600
                command: speed
                deadline: 1500ms
                fallback: {value: 1500, after: 2s, priority: critical}
        lines:
          - line: line-1
            title: Pump house
            machines:
              - {machine: pump-01, type: pump, title: Feed pump 1}
        """;

    private readonly ConcurrentQueue<MachineCommand> _commands = new();
    private long _sequence;

    [Fact]
    public async Task A_machine_whose_sensor_falls_silent_is_commanded_its_fallback_once_and_again_its_loop_s_decisions_when_it_is_back()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "plant.yaml");
        await File.WriteAllTextAsync(file, Yaml);
        await using var silo = new SiloProcess(folder.Path, output, ("Plant__File", file));
        await silo.StartAsync();
        var (host, client) = await silo.ConnectAsync();
        using var machine = await ListenAsync(silo);
        long? sinceUs;
        using (host)
        {
            var twin = client.GetGrain<IMachineGrain>(Pump.Value);
            await SendUntilAsync(machine, () => _commands.Any(command => command.Fallback is null));
            Assert.Equal(new ControlFallback("speed", Fallback, After, AlarmPriority.Critical), (await twin.GetSnapshot()).Controls[0].Fallback);

            await Wait.UntilAsync(() => _commands.Last().Fallback is not null);
            var heard = _commands.ToList();
            var (decision, fallback) = (heard.Last(command => command.Fallback is null), heard[^1]);
            Assert.Equal(("pressure", "speed", Fallback, "silent"), (fallback.Control, fallback.Command, fallback.Value, fallback.Fallback));
            Assert.True(fallback.DecidedUs - decision.DecidedUs >= After.TotalMicroseconds - ClockSlackUs);
            var fallen = await FallenAsync(twin);
            Assert.Equal(("pressure.fallback", AlarmCondition.Unacknowledged), (fallen.Alarms[0].Name, fallen.Alarms[0].Condition));
            Assert.Equal((fallen.Alarms[0].RaisedUs, "silent"), (fallen.Controls[0].FallbackSinceUs, fallen.Controls[0].FallbackReason));
            Assert.Equal(MachineHealth.Critical, fallen.Summary.Health);
            Assert.True((await silo.MetricsAsync("itwin_control_fallbacks_total", "reason"))["silent"] >= 1);

            await SendUntilAsync(machine, () => _commands.Last().Fallback is null);
            var commands = _commands.ToList();
            Assert.Single(commands.SkipWhile(command => command != fallback).TakeWhile(command => command.Fallback is not null));
            Assert.Equal(commands.Count, commands.DistinctBy(command => (command.Fence, command.Number)).Count());
            await Wait.UntilAsync(async () => (await twin.GetSnapshot()).Alarms[0].RaisedUs > fallen.Alarms[0].RaisedUs || !(await twin.GetSnapshot()).Alarms[0].IsAbnormal);

            sinceUs = (await FallenAsync(twin)).Alarms[0].RaisedUs;
            await host.StopAsync();
        }

        // The silo dies meanwhile: its twin wakes in fallback, and its sensor is back.
        await silo.KillAsync();
        await silo.StartAsync();
        (host, client) = await silo.ConnectAsync();
        using var again = await ListenAsync(silo);
        using (host)
        {
            var twin = client.GetGrain<IMachineGrain>(Pump.Value);
            Assert.Equal((sinceUs, true), ((await twin.GetSnapshot()).Controls[0].FallbackSinceUs, (await twin.GetSnapshot()).Alarms[0].IsAbnormal));
            var fence = _commands.Max(command => command.Fence);
            await SendUntilAsync(again, () => _commands.Last() is { Fallback: null } command && command.Fence > fence);
            await Wait.UntilAsync(async () => (await twin.GetSnapshot()).Alarms[0] is { IsAbnormal: false } or { Raisings: > 2 });
            await host.StopAsync();
        }
    }

    /// <summary>The twin when its log has both the fallback and that it was commanded.</summary>
    private static async Task<MachineSnapshot> FallenAsync(IMachineGrain twin)
    {
        MachineSnapshot? seen = null;
        await Wait.UntilAsync(async () =>
            (seen = await twin.GetSnapshot()).Alarms[0].IsAbnormal && seen.Commands.LastOrDefault()?.TimeUs >= seen.Alarms[0].RaisedUs && seen.Controls[0].FallbackSinceUs is not null);
        return seen!;
    }

    private async Task<IMqttClient> ListenAsync(SiloProcess silo)
    {
        var machine = await LoadPlant.ConnectAsync(silo.MqttPort, "pump-01", CancellationToken.None);
        machine.ApplicationMessageReceivedAsync += message =>
        {
            _commands.Enqueue(CommandPayload.Read(Pump, message.ApplicationMessage.Payload.ToArray()));
            return Task.CompletedTask;
        };
        await machine.SubscribeAsync(CommandPayload.TopicOf(Pump));
        return machine;
    }

    private async Task SendUntilAsync(IMqttClient machine, Func<bool> condition) => await Wait.UntilAsync(async () =>
    {
        var times = Enumerable.Range(0, 4).Select(row => LoadPlant.StartUs + (((_sequence * 4) + row) * 10_000)).ToArray();
        var batch = new SampleBatch(Pump, "plc", 1, _sequence++, [new SampleColumn("pressure", times, [5.0, 5.1, 4.9, 5.2])]);
        Assert.True((await machine.PublishAsync(LoadPlant.Message(batch))).IsSuccess);
        return condition();
    });
}
