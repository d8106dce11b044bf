namespace IndustrialTwin.Grid;

/// <summary>One host for the tests that only read, or change nothing that another looks at.</summary>
public sealed class SharedHost : IAsyncLifetime
{
    private DashboardHost? _host;

    public DashboardHost Host => _host!;

    public HttpClient Http => Host.Http;

    public async ValueTask InitializeAsync() => _host = await DashboardHost.StartAsync();

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;
}
