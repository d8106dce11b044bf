using IndustrialTwin.Hosting;
using IndustrialTwin.Nodes;
using IndustrialTwin.Samples;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Benchmarks.Actors;

/// <summary>A silo in this process with real twins, on a log and a storage that keep as little as they can.</summary>
internal sealed class TwinHost : IAsyncDisposable
{
    private readonly IHost _host;

    private TwinHost(IHost host, ForgetfulLog log) => (_host, Log) = (host, log);

    public ForgetfulLog Log { get; }

    public IServiceProvider Services => _host.Services;

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public static async Task<TwinHost> StartAsync(Action<ISiloBuilder>? configure = null)
    {
        var log = new ForgetfulLog();
        var host = Host.CreateDefaultBuilder()
            .ConfigureLogging(logging => logging.ClearProviders())
            .UseOrleans(silo =>
            {
                silo.UseLocalhostClustering(Ingest.PostgresServer.FreePort(), Ingest.PostgresServer.FreePort()).AddTwins(new NodeOptions { Node = "bench" });
                configure?.Invoke(silo);
            })
            .ConfigureServices(services =>
            {
                services.AddSingleton<ISampleLog>(log);
                services.AddForgetfulStorage();
            })
            .Build();
        await host.StartAsync();
        return new TwinHost(host, log);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
