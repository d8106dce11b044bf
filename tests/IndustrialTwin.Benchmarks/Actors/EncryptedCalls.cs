using System.Diagnostics;
using IndustrialTwin.Bench;
using IndustrialTwin.Certificates;
using IndustrialTwin.Hosting;
using IndustrialTwin.Machines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Samples;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Benchmarks.Actors;

/// <summary>What mutual TLS costs a client's calls over TCP, beside the same calls in the clear.</summary>
internal static class EncryptedCalls
{
    private const string Cluster = "bench";
    private const int Callers = 128;
    private const int CallsPerCaller = 200;

    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("itwin-bench-tls-");
        try
        {
            var now = TimeProvider.System.GetUtcNow();
            using var authority = CertificateAuthority.Create("bench", now, TimeSpan.FromDays(1));
            var (silo, client) = (Path.Combine(folder.FullName, "silo"), Path.Combine(folder.FullName, "client"));
            authority.Silo(Cluster, [], now, TimeSpan.FromDays(1)).Save(silo);
            authority.Client(Cluster, "bench", now, TimeSpan.FromDays(1)).Save(client);
            await using var plain = await Pair.StartAsync(null, null, Path.Combine(folder.FullName, "plain.db"));
            await using var encrypted = await Pair.StartAsync(silo, client, Path.Combine(folder.FullName, "encrypted.db"));
            var batch = Batch();
            var medians = await Measure.MediansAsync(
                9,
                await ObserveAsync(plain),
                await ObserveAsync(encrypted),
                () => CallsAsync(plain, grain => grain.Take(batch)),
                () => CallsAsync(encrypted, grain => grain.Take(batch)),
                () => CallsAsync(plain, grain => grain.Nothing()),
                () => CallsAsync(encrypted, grain => grain.Nothing()));
            return
            [
                new Row("A client's Observe over TLS, 40 samples, acknowledged from disk", medians[1], "calls / CPU-s", "the same in the clear", medians[0], "≥ 0.8"),
                new Row("A client's call over TLS that does nothing, 40 samples", medians[3], "calls / CPU-s", "the same in the clear", medians[2]),
                new Row("A client's call over TLS that does nothing, empty", medians[5], "calls / CPU-s", "the same in the clear", medians[4]),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<Func<Task<double>>> ObserveAsync(Pair pair)
    {
        for (var i = 0; i < ActorBenchmarks.Machines; i++)
        {
            await pair.Grains.GetGrain<IMachineGrain>($"plain/line/m{i}").Apply(ActorBenchmarks.Declaration($"plain/line/m{i}", analysed: false));
        }

        return ActorBenchmarks.Contender("plain", machine => pair.Grains.GetGrain<IMachineGrain>(machine), (twin, batch) => twin.Observe(batch));
    }

    /// <summary>Both ends run in this process: a call's processor time is that of client and silo together.</summary>
    private static async Task<double> CallsAsync(Pair pair, Func<IBareGrain, Task> call)
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var grain = pair.Grains.GetGrain<IBareGrain>($"plain/line/m{caller}");
            for (var i = 0; i < CallsPerCaller; i++)
            {
                await call(grain);
            }
        })));
        process.Refresh();
        return Callers * CallsPerCaller / (process.TotalProcessorTime - before).TotalSeconds;
    }

    private static SampleBatch Batch()
    {
        var times = Enumerable.Range(0, 20).Select(i => 1_700_000_000_000_000 + (i * 1000L)).ToArray();
        var values = Enumerable.Range(0, 20).Select(i => (double)i).ToArray();
        return new SampleBatch(MachineKey.Parse("plain/line/m0"), "bench", 1, 0, [new SampleColumn("force", times, values), new SampleColumn("speed", times, values)]);
    }

    /// <summary>A silo and a client of it, each a host of its own, with TCP between them.</summary>
    private sealed class Pair(IHost silo, IHost client) : IAsyncDisposable
    {
        public IGrainFactory Grains => client.Services.GetRequiredService<IGrainFactory>();

        public static async Task<Pair> StartAsync(string? siloCertificates, string? clientCertificates, string database)
        {
            var gateway = Ingest.PostgresServer.FreePort();
            var silo = Start(host => host.UseOrleans(silo =>
            {
                silo.UseLocalhostClustering(Ingest.PostgresServer.FreePort(), gateway, null, Cluster, Cluster).AddTwins(new NodeOptions { Node = "bench" });
                silo.Services.AddForgetfulStorage().AddSampleLog(log => log.SqlitePath = database);
                if (siloCertificates is not null)
                {
                    silo.Services.AddSingleton(_ => new CertificateStore(new CertificateOptions { Folder = siloCertificates }));
                    silo.UseCertificates(Cluster);
                }
            }));
            await silo.StartAsync();
            var client = Start(host => host.UseOrleansClient(client =>
            {
                client.UseLocalhostClustering(gateway, Cluster, Cluster);
                if (clientCertificates is not null)
                {
                    client.Services.AddSingleton(_ => new CertificateStore(new CertificateOptions { Folder = clientCertificates }));
                    client.UseCertificates(Cluster);
                }
            }));
            await client.StartAsync();
            return new Pair(silo, client);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var host in (IHost[])[client, silo])
            {
                await host.StopAsync();
                host.Dispose();
            }
        }

        private static IHost Start(Action<IHostBuilder> configure)
        {
            var builder = Host.CreateDefaultBuilder().ConfigureLogging(logging => logging.ClearProviders());
            configure(builder);
            return builder.Build();
        }
    }
}
