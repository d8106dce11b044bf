using IndustrialTwin.Hosting;
using IndustrialTwin.Nodes;
using IndustrialTwin.Samples;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

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
                services.AddKeyedSingleton<IGrainStorage, ForgetfulStorage>("twins");
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

    /// <summary>A storage as if the database had it all: nothing of what is stored stays in this process.</summary>
    private sealed class ForgetfulStorage : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;
    }
}
