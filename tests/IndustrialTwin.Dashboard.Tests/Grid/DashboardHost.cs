using IndustrialTwin.Dashboard;
using IndustrialTwin.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.TestingHost;

namespace IndustrialTwin.Grid;

/// <summary>A cluster of fake twins, and the dashboard in a host of its own, on a free port of this computer.</summary>
public sealed class DashboardHost : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;
    private readonly WebApplication _app;

    private DashboardHost(FakePlant plant, InProcessTestCluster cluster, WebApplication app, LogLines log)
    {
        (Plant, _cluster, _app, Log) = (plant, cluster, app, log);
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Http = new HttpClient { BaseAddress = Address };
    }

    public FakePlant Plant { get; }

    public Uri Address { get; }

    public HttpClient Http { get; }

    /// <summary>What the dashboard's own classes logged.</summary>
    public LogLines Log { get; }

    /// <summary>Every path that the dashboard answers.</summary>
    internal IEnumerable<RouteEndpoint> Endpoints => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    internal LiveFeeds Feeds => _app.Services.GetRequiredService<LiveFeeds>();

    public static async Task<DashboardHost> StartAsync(FakePlant? plant = null, Action<DashboardOptions>? configure = null, Uri? address = null)
    {
        plant ??= Example.Plant();
        var clusterBuilder = new InProcessTestClusterBuilder(1);
        clusterBuilder.Options.ConfigureFileLogging = false;
        clusterBuilder.ConfigureSilo((_, silo) => silo.Services.AddSingleton(plant));
        var cluster = clusterBuilder.Build();
        await cluster.DeployAsync();

        var log = new LogLines();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "silo.appsettings.json"));
        builder.Logging.ClearProviders().AddProvider(log);
        builder.WebHost.UseUrls(address?.AbsoluteUri ?? "http://127.0.0.1:0");
        builder.Services.AddSingleton<IGrainFactory>(cluster.Client);
        builder.Services.AddDashboard(options =>
        {
            options.WatchInterval = TimeSpan.FromMilliseconds(100);
            options.GridInterval = TimeSpan.FromMilliseconds(250);
            options.HeartbeatInterval = TimeSpan.FromMilliseconds(200);
            options.SilenceMax = TimeSpan.FromMilliseconds(500);
            options.CallTimeout = TimeSpan.FromSeconds(2);
            options.LingerTime = TimeSpan.FromMilliseconds(200);
            configure?.Invoke(options);
        });
        var app = builder.Build();
        app.UseAccess();
        app.MapDashboard();
        await app.StartAsync();
        return new DashboardHost(plant, cluster, app, log);
    }

    /// <summary>Stops the dashboard's host; the twins stay.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _cluster.DisposeAsync();
    }
}
