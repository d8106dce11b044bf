using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace IndustrialTwin.Certificates;

/// <summary>A silo that listens on real ports, with certificates or without.</summary>
internal sealed class TlsSilo : IAsyncDisposable
{
    public const string Cluster = "plant";

    private readonly IHost _host;

    private TlsSilo(IHost host, Lines lines, int siloPort, int gatewayPort) => (_host, Lines, SiloPort, GatewayPort) = (host, lines, siloPort, gatewayPort);

    public Lines Lines { get; }

    public int SiloPort { get; }

    public int GatewayPort { get; }

    public CertificateStore Certificates => _host.Services.GetRequiredService<CertificateStore>();

    public static async Task<TlsSilo> StartAsync(CertificateFolder certificates, int? primaryPort = null)
    {
        var (siloPort, gatewayPort, lines) = (FreePort(), FreePort(), new Lines());
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddProvider(lines);
        builder.Services.AddSingleton(provider => new CertificateStore(certificates.Options, logger: provider.GetRequiredService<ILogger<CertificateStore>>()));
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(siloPort, gatewayPort, primaryPort is { } port ? new IPEndPoint(IPAddress.Loopback, port) : null, "plant", Cluster)
            .UseCertificates(Cluster));
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new TlsSilo(host, lines, siloPort, gatewayPort);
    }

    /// <summary>A client of the gateway.</summary>
    public async Task<IHost> ConnectAsync(CertificateFolder certificates)
    {
        var host = Client(certificates);
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    /// <summary>Lets a client try to get in, with certificates or without TLS, until the silo says why it does not.</summary>
    public async Task RefuseAsync(CertificateFolder? certificates, string line)
    {
        using var host = Client(certificates);
        using var ending = new CancellationTokenSource();
        var connecting = host.StartAsync(ending.Token);
        await Lines.UntilAsync(line);
        Assert.False(connecting.IsCompletedSuccessfully);
        await ending.CancelAsync();
        await connecting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>How many silos the cluster has, as a client is told.</summary>
    public static async Task<int> CountAsync(IHost client) =>
        (await client.Services.GetRequiredService<IClusterClient>().GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true)).Count;

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await _host.StopAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _host.Dispose();
    }

    private IHost Client(CertificateFolder? certificates)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(client =>
        {
            client.UseLocalhostClustering(GatewayPort, "plant", Cluster).Configure<ClientMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(30));
            if (certificates is not null)
            {
                client.Services.AddSingleton(_ => new CertificateStore(certificates.Options));
                client.UseCertificates(Cluster);
            }
        });
        return builder.Build();
    }

    internal static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
