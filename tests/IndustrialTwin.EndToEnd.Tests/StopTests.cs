using IndustrialTwin.Machines;
using IndustrialTwin.Samples;
using IndustrialTwin.Sites;
using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>How a silo ends when it is told to, and how it answers where it cannot begin.</summary>
public sealed class StopTests(ITestOutputHelper output)
{
    private const int Machines = 4;

    [Fact]
    public async Task A_stop_under_load_is_quiet_loses_nothing_and_leaves_nothing_to_do_again()
    {
        using var folder = new TemporaryFolder();
        await using var silo = new SiloProcess(folder.Path, output);
        await silo.StartAsync();
        var (host, client) = await silo.ConnectAsync();
        using (host)
        {
            await client.GetGrain<ISiteGrain>("load").Apply(LoadPlant.Declaration(Machines));
            await host.StopAsync();
        }

        // Someone looks at the plant while it stops.
        using var http = new HttpClient();
        using var live = await http.GetStreamAsync(new Uri(silo.Http, $"/api/v1/live?machine={LoadPlant.Machine(0)}"));
        using var stop = new CancellationTokenSource();
        var loaders = Enumerable.Range(0, Machines).Select(number => new Loader(LoadPlant.Machine(number), silo.MqttPort)).ToList();
        var running = Task.WhenAll(loaders.Select(loader => loader.RunAsync(stop.Token)));
        await Wait.UntilAsync(() => loaders.All(loader => loader.Acknowledged > 20));
        Assert.Equal(0, await silo.StopAsync());
        await stop.CancelAsync();
        await running;

        Assert.Contains("IndustrialTwin stops", silo.Output, StringComparison.Ordinal);
        Assert.Contains("Everything that was acknowledged is stored", silo.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("ERROR", silo.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("WARNING", silo.Output, StringComparison.Ordinal);

        await silo.StartAsync();
        (host, client) = await silo.ConnectAsync();
        using (host)
        {
            foreach (var (loader, number) in loaders.Select((loader, number) => (loader, number)))
            {
                var machine = client.GetGrain<IMachineGrain>(LoadPlant.Machine(number).Value);
                var values = (await machine.GetSamples(new SampleQuery("force"))).Values;
                Assert.InRange(
                    values.Length, loader.Acknowledged * LoadPlant.RowsPerBatch, (loader.Acknowledged + 1) * LoadPlant.RowsPerBatch);
                Assert.Equal(Enumerable.Range(0, values.Length).Select(row => (double)row), values);
                await Wait.UntilAsync(async () => await machine.GetSnapshot() is var now && now.LogPosition == now.AnalysedPosition);
                var maxima = await machine.GetFeature(new SampleQuery("force-statistics/maximum"));
                Assert.Equal(Enumerable.Range(1, values.Length / 64).Select(window => (double)(float)((window * 64) - 1)), maxima.Values);
            }

            await host.StopAsync();
        }
    }

    [Theory]
    [InlineData("Mqtt__Port", "abc", "Mqtt:Port")]
    [InlineData("Mqtt__Port", "99999", "Mqtt:Port: The field Port must be between 0 and 65535.")]
    [InlineData("Cluster__SiloPort", "0", "Cluster:SiloPort")]
    [InlineData("Storage__Engine", "Oracle", "Storage:Engine")]
    [InlineData("Storage__Engine", "Postgres", "Storage:ConnectionString is empty")]
    [InlineData("Storage__Path", "/proc/nobody/writes/here.db", "Storage:Path")]
    [InlineData("Node__Node", "Bad Name", "Bad Name")]
    public async Task A_setting_that_cannot_be_is_one_sentence_and_an_exit_code(string key, string value, string says)
    {
        using var folder = new TemporaryFolder();
        await using var silo = new SiloProcess(folder.Path, output, (key, value));
        Assert.Equal(1, await silo.RunAsync());
        Check(silo.Output, says);
    }

    [Theory]
    [InlineData("Urls", "Urls")]
    [InlineData("Mqtt__Port", "Mqtt:Port")]
    [InlineData("Cluster__SiloPort", "Cluster:SiloPort")]
    [InlineData("Cluster__GatewayPort", "Cluster:GatewayPort")]
    public async Task A_port_in_use_is_one_sentence_and_an_exit_code(string key, string says)
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        using var folder = new TemporaryFolder();
        await using var silo = new SiloProcess(folder.Path, output, (key, key == "Urls" ? $"http://127.0.0.1:{port}" : $"{port}"));
        Assert.Equal(1, await silo.RunAsync());
        Check(silo.Output, says);
        Assert.Contains($"{port}", silo.Output, StringComparison.Ordinal);
    }

    private static void Check(string output, string says)
    {
        var sentence = Assert.Single(output.Split('\n'), line => line.StartsWith("IndustrialTwin cannot start.", StringComparison.Ordinal));
        Assert.Contains(says, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("ERROR", output, StringComparison.Ordinal);
    }
}
