using IndustrialTwin.Machines;
using IndustrialTwin.Samples;
using IndustrialTwin.Sites;
using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>The promise that matters most: what was acknowledged is there, once, whatever happened to the silo.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Machines = 8;
    private const int Rounds = 20;

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("Postgres")]
    public async Task Every_acknowledged_batch_is_there_once_after_the_silo_was_killed_at_random_moments(string engine)
    {
        await using var postgres = engine == "Postgres" ? await PostgresServer.StartOrSkipAsync() : null;
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var folder = new TemporaryFolder();
        await using var silo = new SiloProcess(folder.Path, output,
            [("Storage__Engine", engine), ("Storage__ConnectionString", postgres is null ? "" : await postgres.CreateDatabaseAsync())]);
        await silo.StartAsync();
        await ApplyAsync(silo);
        using var stop = new CancellationTokenSource();
        var loaders = Enumerable.Range(0, Machines).Select(number => new Loader(LoadPlant.Machine(number), silo.MqttPort)).ToList();
        var running = Task.WhenAll(loaders.Select(loader => loader.RunAsync(stop.Token)));
        for (var round = 1; round <= Rounds; round++)
        {
            var before = loaders.Sum(loader => loader.Acknowledged);
            await Wait.UntilAsync(() => loaders.Sum(loader => loader.Acknowledged) > before);
            await Task.Delay(random.Next(1, 400));
            await silo.KillAsync();
            await silo.StartAsync();
        }

        var last = loaders.Sum(loader => loader.Acknowledged);
        await Wait.UntilAsync(() => loaders.Sum(loader => loader.Acknowledged) > last + 100);
        await stop.CancelAsync();
        await running;
        output.WriteLine($"{engine}: {Rounds} kills, {loaders.Sum(loader => loader.Acknowledged)} batches acknowledged");
        await CheckAsync(silo, loaders);
    }

    private static async Task ApplyAsync(SiloProcess silo)
    {
        var (host, client) = await silo.ConnectAsync();
        using (host)
        {
            await client.GetGrain<ISiteGrain>("load").Apply(LoadPlant.Declaration(Machines));
            await host.StopAsync();
        }
    }

    private static async Task CheckAsync(SiloProcess silo, List<Loader> loaders)
    {
        var (host, client) = await silo.ConnectAsync();
        using (host)
        {
            for (var number = 0; number < Machines; number++)
            {
                var machine = client.GetGrain<IMachineGrain>(LoadPlant.Machine(number).Value);
                var values = new List<double>();
                var (from, more) = (long.MinValue, true);
                while (more)
                {
                    var series = await machine.GetSamples(new SampleQuery("force", from));
                    values.AddRange(series.Values);
                    (from, more) = (series.TimesUs.Length == 0 ? from : series.TimesUs[^1] + 1, series.More);
                }

                var acknowledged = loaders[number].Acknowledged * LoadPlant.RowsPerBatch;
                Assert.True(values.Count >= acknowledged, $"machine {number}: {acknowledged} samples acknowledged, {values.Count} stored");
                Assert.Equal(Enumerable.Range(0, values.Count).Select(row => (double)row), values);

                // The one batch in flight at the end may be stored without its acknowledgement having come through.
                Assert.InRange(values.Count, acknowledged, acknowledged + LoadPlant.RowsPerBatch);
                var snapshot = await machine.GetSnapshot();
                await Wait.UntilAsync(async () => (snapshot = await machine.GetSnapshot()) is var now && now.LogPosition == now.AnalysedPosition);
                Assert.Equal(values.Count, snapshot.Counts.SamplesAccepted);
                Assert.Equal(values.Count / LoadPlant.RowsPerBatch, snapshot.Counts.BatchesAccepted);
                Assert.Equal(0, snapshot.Counts.SequenceGaps);

                // Every full window was computed, once, and none was lost at a checkpoint.
                var maxima = await machine.GetFeature(new SampleQuery("force-statistics/maximum"));
                Assert.Equal(Enumerable.Range(1, values.Count / 64).Select(window => (double)(float)((window * 64) - 1)), maxima.Values);
            }

            await host.StopAsync();
        }
    }
}
