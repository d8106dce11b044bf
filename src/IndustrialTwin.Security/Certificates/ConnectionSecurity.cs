using System.Buffers;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Connections.Security;

namespace IndustrialTwin.Certificates;

/// <summary>
/// Mutual TLS between silos, and between silos and the programs that call them, with the <see cref="CertificateStore"/> of the
/// host's services. The handshake is Orleans' own; here is who may come: silos at the silo port, silos and clients at the gateway.
/// </summary>
public static class ConnectionSecurity
{
    /// <summary>The protocols that are spoken.</summary>
    public const SslProtocols Protocols = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>How long a handshake may take.</summary>
    public static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    private static readonly byte[] HandshakeRecord = [0x16, 0x03]; // RFC 8446, 5.1: content type 22, legacy version 3.x.

    /// <summary>Encrypts a silo's connections, and lets in only who shows a certificate of its cluster.</summary>
    public static ISiloBuilder UseCertificates(this ISiloBuilder silo, string clusterId)
    {
        ArgumentNullException.ThrowIfNull(silo);
        CheckCluster(clusterId);
        string[] silos = [CertificateNames.Silo(clusterId)];
        string[] all = [CertificateNames.Silo(clusterId), CertificateNames.Client(clusterId)];
        silo.Services.AddOptions<SiloConnectionOptions>().Configure<CertificateStore>((connections, store) =>
        {
            connections.ConfigureSiloInboundConnection(connection => Accept(connection, store, "silo", silos));
            connections.ConfigureGatewayInboundConnection(connection => Accept(connection, store, "gateway", all));
            connections.ConfigureSiloOutboundConnection(connection => Call(connection, store, silos));
        });
        return silo;
    }

    /// <summary>Encrypts a client's connections, and calls only who shows a certificate of the cluster's silos.</summary>
    public static IClientBuilder UseCertificates(this IClientBuilder client, string clusterId)
    {
        ArgumentNullException.ThrowIfNull(client);
        CheckCluster(clusterId);
        string[] silos = [CertificateNames.Silo(clusterId)];
        client.Services.AddOptions<ClientConnectionOptions>().Configure<CertificateStore>(
            (connections, store) => connections.ConfigureConnection(connection => Call(connection, store, silos)));
        return client;
    }

    private static void CheckCluster(string clusterId)
    {
        if (!CertificateNames.IsCluster(clusterId))
        {
            throw new CertificateException(
                $"The cluster's id is '{clusterId}', which cannot stand in a certificate's name '{CertificateNames.Silo(clusterId)}'; expected letters, digits, hyphens and dots.");
        }
    }

    private static void Accept(IConnectionBuilder connection, CertificateStore store, string port, string[] names)
    {
        connection.Use(next => context => WatchAsync(context, next, store, port));
        connection.UseServerTls(new TlsOptions
        {
            // Certificates are chosen, asked for and judged a connection at a time, below, so that they follow their files.
            RemoteCertificateMode = RemoteCertificateMode.NoCertificate,
            LocalServerCertificateSelector = (_, _) => store.Current.Certificate,
            SslProtocols = Protocols,
            HandshakeTimeout = HandshakeTimeout,
            OnAuthenticateAsServer = (context, options) =>
            {
                var tls = (SslServerAuthenticationOptions)options.SslServerAuthenticationOptions;
                tls.ServerCertificateSelectionCallback = null;
                tls.ServerCertificateContext = store.Current.Context;
                tls.ClientCertificateRequired = true;
                tls.AllowRenegotiation = false;
                tls.AllowTlsResume = false; // Each connection proves anew who it is; there are few, and they last.
                tls.CertificateChainPolicy = store.Policy;
                tls.RemoteCertificateValidationCallback = Judge(context, names);
            },
        });
        connection.Use(Through);
    }

    private static void Call(IConnectionBuilder connection, CertificateStore store, string[] names)
    {
        connection.Use(next => async context =>
        {
            var handshake = new Handshake();
            context.Features.Set(handshake);
            await next(context).ConfigureAwait(false);
            if (!handshake.IsDone && handshake.Fault is { } fault)
            {
                store.Refusals.Add("silo that was called, whose", context.RemoteEndPoint, fault);
            }
        });
        connection.UseClientTls(new TlsOptions
        {
            RemoteCertificateMode = RemoteCertificateMode.NoCertificate,
            SslProtocols = Protocols,
            HandshakeTimeout = HandshakeTimeout,
            OnAuthenticateAsClient = (context, options) =>
            {
                var tls = (SslClientAuthenticationOptions)options.SslClientAuthenticationOptions;
                tls.TargetHost = names[0];
                tls.ClientCertificateContext = store.Current.Context;
                tls.AllowRenegotiation = false;
                tls.AllowTlsResume = false;
                tls.CertificateChainPolicy = store.Policy;
                tls.RemoteCertificateValidationCallback = Judge(context, names);
            },
        });
        connection.Use(Through);
    }

    private static RemoteCertificateValidationCallback Judge(ConnectionContext context, string[] names) => (_, certificate, chain, errors) =>
    {
        var fault = CertificateNames.Fault(certificate, chain, errors, names);
        if (context.Features.Get<Handshake>() is { } handshake)
        {
            handshake.Fault = fault;
        }

        return fault is null;
    };

    /// <summary>Looks at the first bytes, so that who speaks no TLS is told apart from whose certificate does not do; afterwards, why nobody came through.</summary>
    private static async Task WatchAsync(ConnectionContext context, ConnectionDelegate next, CertificateStore store, string port)
    {
        var handshake = new Handshake();
        context.Features.Set(handshake);
        var remote = context.RemoteEndPoint;
        using (var limit = CancellationTokenSource.CreateLinkedTokenSource(context.ConnectionClosed))
        {
            limit.CancelAfter(HandshakeTimeout);
            switch (await IsHandshakeAsync(context, limit.Token).ConfigureAwait(false))
            {
                case false:
                    store.Refusals.Add(port, remote, "it does not speak TLS");
                    context.Abort();
                    return;
                case null: // Came and went, as a probe of the port does.
                    context.Abort();
                    return;
            }
        }

        await next(context).ConfigureAwait(false);
        if (!handshake.IsDone)
        {
            store.Refusals.Add(port, remote, handshake.Fault ?? "it ended the handshake, as one does that does not trust this silo's certificate");
        }
    }

    private static async Task<bool?> IsHandshakeAsync(ConnectionContext context, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var read = await context.Transport.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
                var begin = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, HandshakeRecord.Length)).ToArray();
                var isEnough = begin.Length == HandshakeRecord.Length;
                context.Transport.Input.AdvanceTo(read.Buffer.Start, isEnough ? read.Buffer.Start : read.Buffer.End);
                if (isEnough)
                {
                    return begin.AsSpan().SequenceEqual(HandshakeRecord);
                }

                if (read.IsCompleted || read.IsCanceled)
                {
                    return begin.Length > 0 ? false : null;
                }
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException or InvalidOperationException or ConnectionAbortedException)
        {
            return null;
        }
    }

    private static ConnectionDelegate Through(ConnectionDelegate next) => context =>
    {
        if (context.Features.Get<Handshake>() is { } handshake)
        {
            handshake.IsDone = true;
        }

        return next(context);
    };

    private sealed class Handshake
    {
        public volatile bool IsDone;
        public volatile string? Fault;
    }
}
