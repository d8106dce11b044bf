using System.Net;
using System.Net.Http.Json;
using IndustrialTwin.Alarms;
using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;
using IndustrialTwin.Sites;
using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>A plant over its life: declared, declared again, a machine taken away; its alarms acknowledged by operators and programs.</summary>
public sealed class PlantTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_plant_applied_twice_is_unchanged_and_a_machine_that_is_removed_keeps_its_history()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "plant.yaml");
        await File.WriteAllTextAsync(file, Yaml(2));
        await using var silo = new SiloProcess(folder.Path, output, ("Plant__File", file));
        await silo.StartAsync();
        await PublishAsync(silo, 1);
        Assert.Equal(0, await silo.StopAsync());
        await silo.StartAsync();
        Assert.Equal(0, await silo.StopAsync());
        Assert.Single(silo.Output.Split('\n'), line => line.Contains("2 machines new, 0 changed, 0 as they were, 0 retired", StringComparison.Ordinal));
        Assert.Single(silo.Output.Split('\n'), line => line.Contains("0 machines new, 0 changed, 2 as they were, 0 retired", StringComparison.Ordinal));

        await File.WriteAllTextAsync(file, Yaml(1));
        await silo.StartAsync();
        Assert.Contains("0 machines new, 0 changed, 1 as they were, 1 retired", silo.Output, StringComparison.Ordinal);
        var (host, client) = await silo.ConnectAsync();
        using (host)
        {
            var retired = client.GetGrain<IMachineGrain>(LoadPlant.Machine(1).Value);
            var snapshot = await retired.GetSnapshot();
            Assert.False(snapshot.IsDeclared);
            Assert.Equal(20, snapshot.Counts.SamplesAccepted);
            Assert.Equal(Enumerable.Range(0, 20).Select(row => (double)row), (await retired.GetSamples(new SampleQuery("force"))).Values);
            Assert.DoesNotContain(
                (await client.GetGrain<IndustrialTwin.Lines.ILineGrain>("load/line-1").GetSnapshot()).Machines,
                machine => machine.Machine == LoadPlant.Machine(1));

            using var mqtt = await LoadPlant.ConnectAsync(silo.MqttPort, "retired", CancellationToken.None);
            Assert.True((await mqtt.PublishAsync(LoadPlant.Message(LoadPlant.Batch(LoadPlant.Machine(1), 2)))).IsSuccess);
            Assert.Equal(QuarantineReason.RetiredMachine, Assert.Single(await silo.QuarantineAsync()).Reason);
            await host.StopAsync();
        }
    }

    [Fact]
    public async Task An_alarm_is_acknowledged_over_http_and_through_the_grain_and_stays_so_over_a_kill()
    {
        using var folder = new TemporaryFolder();
        await using var silo = new SiloProcess(folder.Path, output);
        await silo.StartAsync();
        var (host, client) = await silo.ConnectAsync();
        using (host)
        {
            await client.GetGrain<ISiteGrain>("load").Apply(LoadPlant.Declaration(2));
            using var mqtt = await LoadPlant.ConnectAsync(silo.MqttPort, "overload", CancellationToken.None);
            for (var number = 0; number < 2; number++)
            {
                for (var sequence = 0; sequence < 7; sequence++)
                {
                    Assert.True((await mqtt.PublishAsync(LoadPlant.Message(LoadPlant.Batch(LoadPlant.Machine(number), sequence, offset: 2e9)))).IsSuccess);
                }

                await Wait.UntilAsync(async () => (await AlarmAsync(client, number)).Condition == AlarmCondition.Unacknowledged);
            }

            using var http = new HttpClient { BaseAddress = silo.Http };
            var path = $"/api/v1/machines/{LoadPlant.Machine(0)}/alarms/overload/acknowledge";
            Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsJsonAsync(path, new { comment = "nobody" })).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await http.PostAsJsonAsync(path, new { @operator = "Ada", comment = "seen" })).StatusCode);
            Assert.Equal(HttpStatusCode.Conflict, (await http.PostAsJsonAsync(path, new { @operator = "Ada" })).StatusCode);
            var reply = await client.GetGrain<IMachineGrain>(LoadPlant.Machine(1).Value)
                .CommandAlarm(new AlarmCommand("overload", AlarmAction.Acknowledge, "Grace", "by program"));
            Assert.True(reply.Done, reply.Detail);
            await host.StopAsync();
        }

        await silo.KillAsync();
        await silo.StartAsync();
        (host, client) = await silo.ConnectAsync();
        using (host)
        {
            foreach (var (number, who) in new[] { (0, "Ada"), (1, "Grace") })
            {
                await Wait.UntilAsync(async () => (await AlarmAsync(client, number)).Condition == AlarmCondition.Acknowledged);
                Assert.Equal(who, (await AlarmAsync(client, number)).AcknowledgedBy);
            }

            await host.StopAsync();
        }
    }

    private static async Task<AlarmSnapshot> AlarmAsync(IClusterClient client, int number) =>
        Assert.Single((await client.GetGrain<IMachineGrain>(LoadPlant.Machine(number).Value).GetSnapshot()).Alarms);

    private static async Task PublishAsync(SiloProcess silo, int number)
    {
        using var mqtt = await LoadPlant.ConnectAsync(silo.MqttPort, "publisher", CancellationToken.None);
        for (var sequence = 0; sequence < 2; sequence++)
        {
            Assert.True((await mqtt.PublishAsync(LoadPlant.Message(LoadPlant.Batch(LoadPlant.Machine(number), sequence)))).IsSuccess);
        }
    }

    private static string Yaml(int machines) => $$"""
        site: load
        title: Load
        machineTypes:
          tester:
            clockSkewMax: none
            channels:
              - {name: force, unit: kN, min: -1000000, max: 1000000, rateHz: 1000}
            analyses:
              - {name: force-statistics, kind: window-statistics, channel: force, windowRows: 64, strideRows: 64, statistics: [maximum]}
        lines:
          - line: line-1
            title: Line 1
            machines:
        {{string.Join('\n', Enumerable.Range(0, machines).Select(number => $"      - {{machine: {LoadPlant.Machine(number).Name}, type: tester, title: Machine {number}}}"))}}

        """;
}
