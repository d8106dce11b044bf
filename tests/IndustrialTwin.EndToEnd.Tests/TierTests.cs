using IndustrialTwin.Machines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Sites;
using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>An edge and a cloud as processes of their own in one cluster.</summary>
public sealed class TierTests(ITestOutputHelper output)
{
    private const int WindowBatches = 7;

    [Fact]
    public async Task An_edge_does_its_site_s_work_and_when_it_is_gone_that_goes_to_the_tier_above()
    {
        await using var postgres = await PostgresServer.StartOrSkipAsync();
        var database = await postgres.CreateDatabaseAsync();
        using var folder = new TemporaryFolder();
        SiloProcess Silo(int number, string site, string tier) => new(
            Directory.CreateDirectory(Path.Combine(folder.Path, $"{number}")).FullName, output,
            ("Node__Node", $"node-{number}"), ("Node__Site", site), ("Node__Tier", tier), ("Storage__Engine", "Postgres"), ("Storage__ConnectionString", database));
        await using var edge = Silo(1, "load", "Edge");
        await using var cloud = Silo(2, "head-office", "Cloud");
        await edge.StartAsync();
        await cloud.StartAsync();
        var (host, client) = await cloud.ConnectAsync();
        using (host)
        {
            var places = await Task.WhenAll(new[] { 1, 2 }.Select(number => client.GetGrain<INodeGrain>($"node-{number}").GetSnapshot()));
            Assert.Equal([("load", Tier.Edge), ("head-office", Tier.Cloud)], places.Select(place => (place.Site, place.Tier)));

            await client.GetGrain<ISiteGrain>("load").Apply(LoadPlant.Declaration(1));
            var machine = client.GetGrain<IMachineGrain>(LoadPlant.Machine(0).Value);
            using var mqtt = await LoadPlant.ConnectAsync(cloud.MqttPort, "tiers", CancellationToken.None);

            // The messages come in by the cloud; where a twin lives says nothing about who computes for it.
            await SendAsync(mqtt, 0);
            Assert.Equal("node-1/native-0", await ComputedByAsync(machine, 1));
            await edge.KillAsync();
            await SendAsync(mqtt, WindowBatches);
            Assert.Equal("node-2/native-0", await ComputedByAsync(machine, 2));
            await host.StopAsync();
        }
    }

    private static async Task SendAsync(MQTTnet.IMqttClient mqtt, int first)
    {
        for (var sequence = first; sequence < first + WindowBatches; sequence++)
        {
            // Where the twin was on the silo that is gone, the message is repeated until the log has it.
            for (var isStored = false; !isStored;)
            {
                try
                {
                    isStored = (await mqtt.PublishAsync(LoadPlant.Message(LoadPlant.Batch(LoadPlant.Machine(0), sequence)))).IsSuccess;
                }
                catch (Exception fault) when (fault is not OperationCanceledException && mqtt.IsConnected)
                {
                    await Task.Delay(200);
                }
            }
        }
    }

    /// <summary>Which accelerator computed the last of so many windows.</summary>
    private static async Task<string?> ComputedByAsync(IMachineGrain machine, int windows)
    {
        MachineSnapshot? seen = null;
        await Wait.UntilAsync(async () =>
        {
            try
            {
                seen = await machine.GetSnapshot();
                return seen.Accelerator is not null && seen.Features.Length > 0 && (windows == 1 || seen.Accelerator.StartsWith("node-2/", StringComparison.Ordinal));
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                return false; // Its silo is gone, and the others learn of it.
            }
        });
        return seen!.Accelerator;
    }
}
