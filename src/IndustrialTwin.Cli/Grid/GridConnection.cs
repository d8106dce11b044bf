using System.Net;
using System.Net.Sockets;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Certificates;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Identities;
using IndustrialTwin.Samples;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace IndustrialTwin.Grid;

/// <summary>A connection to a grid, through one silo's gateway.</summary>
internal sealed class GridConnection : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    private readonly IHost _host;
    private readonly string _where;
    private readonly TimeSpan _timeout;

    private GridConnection(IHost host, string where, TimeSpan timeout)
    {
        (_host, _where, _timeout) = (host, where, timeout);
        Grains = host.Services.GetRequiredService<IClusterClient>();
    }

    /// <summary>The twins.</summary>
    public IGrainFactory Grains { get; }

    /// <summary>Connects.</summary>
    /// <param name="gateway">Where the silo listens for clients.</param>
    /// <param name="clusterId">The cluster's id.</param>
    /// <param name="serviceId">The service's id.</param>
    /// <param name="timeout">How long to wait for the connection, and then for each answer.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="certificates">For a silo that speaks TLS: what to show it. They go with the connection.</param>
    /// <param name="credential">The access key or token to sign in with; empty to come as nobody.</param>
    /// <exception cref="CommandFault">Nobody answers there, or not a silo of this cluster.</exception>
    public static async Task<GridConnection> OpenAsync(
        Endpoint gateway, string clusterId, string serviceId, TimeSpan timeout, CancellationToken cancellationToken, CertificateStore? certificates = null, string credential = "")
    {
        var where = gateway.ToString();
        var address = await ReachAsync(gateway, where, timeout, cancellationToken);
        await using var handshake = certificates is null ? null : await GatewayHandshake.OpenAsync(gateway, certificates, clusterId, timeout, cancellationToken);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        IHost? host = null;
        builder.UseOrleansClient(client => client
            .AddOutgoingGrainCallFilter(new ClientSignIn(credential, () => host!.Services.GetRequiredService<IClusterClient>()))
            .UseStaticClustering(new IPEndPoint(address, gateway.Port))
            .Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (clusterId, serviceId))
            .Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = timeout)
            .WithCertificates(certificates, clusterId));
        host = builder.Build();
        try
        {
            var starting = host.StartAsync(cancellationToken).WaitAsync(timeout, cancellationToken);
            if (handshake is not null && await Task.WhenAny(starting, handshake.Refused) == handshake.Refused)
            {
                throw await handshake.Refused;
            }

            await starting;
            return new GridConnection(host, where, timeout);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            host.Dispose();
            if (fault is CommandFault)
            {
                throw;
            }

            throw new CommandFault(
                $"What listens at {where} did not let this client into cluster '{clusterId}', service '{serviceId}' ({fault.Message}). "
                + "Check --gateway, --cluster-id and --service-id against the silo's Cluster settings"
                + (certificates is null ? $", and name --certificates or {CertificatesOption.Variable} where its Cluster:Tls is on." : "."),
                ExitCode.Unreachable,
                fault);
        }
    }

    /// <summary>Awaits a call to a twin, at most as long as the command line allows.</summary>
    /// <exception cref="CommandFault">The twin did not answer, or refused.</exception>
    public async Task<T> CallAsync<T>(Task<T> call, string what, CancellationToken cancellationToken)
    {
        try
        {
            return await call.WaitAsync(_timeout, cancellationToken);
        }
        catch (Exception fault) when (fault is TimeoutException or OrleansException)
        {
            throw Lost(what, fault);
        }
        catch (AccessDeniedException fault)
        {
            throw new CommandFault($"{what}: {fault.Message}", fault is { IsKnown: true, Demand: SignInDemand.None } ? ExitCode.Denied : ExitCode.SignIn, fault);
        }
        catch (Exception fault) when (fault is LogUnavailableException or AcceleratorOfflineException)
        {
            throw new CommandFault($"{what}: {fault.Message}", ExitCode.Unreachable, fault);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The twin's own words; whatever else it threw, it refused.
            throw new CommandFault($"{what}: {fault.Message}", ExitCode.Refused, fault);
        }
    }

    /// <summary>The fault to report where a call or a stream ended for the grid's reasons.</summary>
    public CommandFault Lost(string what, Exception fault) => new(
        $"{what}: the grid at {_where} did not answer ({fault.Message.TrimEnd('.')}). Check that the silo runs, or allow longer with --timeout.",
        ExitCode.Unreachable,
        fault);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using (var stop = new CancellationTokenSource(StopTimeout))
        {
            await _host.StopAsync(stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _host.Dispose();
    }

    /// <summary>Whether anybody listens there at all: the answer is quick and clear, which that of a cluster client is not.</summary>
    private static async Task<IPAddress> ReachAsync(Endpoint gateway, string where, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var probe = new TcpClient();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            await probe.ConnectAsync(gateway.Host, gateway.Port, limit.Token);
            var address = ((IPEndPoint)probe.Client.RemoteEndPoint!).Address;
            return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        }
        catch (Exception fault) when (fault is SocketException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var reason = fault is SocketException socket ? socket.Message : $"no answer within {timeout.TotalSeconds:0.#} s";
            throw new CommandFault(
                $"No silo answers at {where} ({reason}). Start one with 'dotnet run --project silo/IndustrialTwin.Silo', "
                + "or name another one's gateway with --gateway host:port.",
                ExitCode.Unreachable,
                fault);
        }
    }
}
