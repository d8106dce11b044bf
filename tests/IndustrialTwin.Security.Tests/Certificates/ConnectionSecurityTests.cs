using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Hosting;

namespace IndustrialTwin.Certificates;

/// <summary>Who gets into a silo's ports, by real handshakes with a real silo.</summary>
public sealed class ConnectionSecurityTests : IDisposable
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    private readonly CertificateAuthority _authority = CertificateAuthority.Create("plant authority", Now - TimeSpan.FromDays(30), Year);
    private readonly CertificateFolder _silo;
    private readonly CertificateFolder _client;

    public ConnectionSecurityTests()
    {
        _silo = new CertificateFolder(_authority.Silo(TlsSilo.Cluster, ["localhost"], Now, Year));
        _client = new CertificateFolder(_authority.Client(TlsSilo.Cluster, "an engineer", Now, Year));
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Silos_with_certificates_form_a_cluster_and_a_client_with_one_calls_it()
    {
        await using var first = await TlsSilo.StartAsync(_silo);
        await using var second = await TlsSilo.StartAsync(_silo, first.SiloPort);
        using var client = await first.ConnectAsync(_client);
        Assert.Equal(2, await TlsSilo.CountAsync(client));
        Assert.Equal(0, first.Certificates.Refusals.Count + second.Certificates.Refusals.Count);
    }

    [Fact]
    public async Task Who_does_not_belong_is_refused_and_told_of()
    {
        using var stranger = CertificateAuthority.Create("a stranger", Now, Year);
        await using var silo = await TlsSilo.StartAsync(_silo);

        await silo.RefuseAsync(null, "at the gateway port: it does not speak TLS");
        await RefusedAsync(silo, silo.GatewayPort, stranger.Client(TlsSilo.Cluster, "c", Now, Year), "comes from 'CN=a stranger', which is no authority here");
        await RefusedAsync(silo, silo.SiloPort, stranger.Silo(TlsSilo.Cluster, [], Now, Year), "at the silo port: its certificate 'CN=silo.plant' comes from");
        await RefusedAsync(silo, silo.GatewayPort, _authority.Client(TlsSilo.Cluster, "late", Now - TimeSpan.FromDays(2), TimeSpan.FromDays(1)), "'CN=late', or one above it, is not valid now");
        await RefusedAsync(silo, silo.GatewayPort, _authority.Client(TlsSilo.Cluster, "early", Now + TimeSpan.FromDays(1), TimeSpan.FromDays(1)), "'CN=early', or one above it, is not valid now");
        await RefusedAsync(silo, silo.SiloPort, _authority.Client(TlsSilo.Cluster, "c", Now, Year), "at the silo port: its certificate 'CN=c' is for the name client.plant; expected the name silo.plant");
        await RefusedAsync(silo, silo.GatewayPort, _authority.Device("wuhan/line-3/press-07", Now, Year), "is for no name; expected the name silo.plant or client.plant");
        await RefusedAsync(silo, silo.GatewayPort, _authority.Client("other", "c", Now, Year), "is for the name client.other");
        await RefusedAsync(silo, silo.SiloPort, _authority.Server(["silo.plant"], Now, Year), "its extended key usage does not allow this one");
        await RefusedAsync(silo, silo.SiloPort, null, "it shows no certificate");

        using var client = await silo.ConnectAsync(_client);
        Assert.Equal(1, await TlsSilo.CountAsync(client));
    }

    [Fact]
    public async Task A_client_calls_nobody_but_silos_of_its_cluster()
    {
        using var stranger = CertificateAuthority.Create("a stranger", Now, Year);
        using var impostor = new CertificateFolder(stranger.Silo(TlsSilo.Cluster, [], Now, Year));
        await using var silo = await TlsSilo.StartAsync(impostor);
        using var client = new CertificateFolder(_authority.Client(TlsSilo.Cluster, "c", Now, Year));
        await silo.RefuseAsync(client, "it ended the handshake, as one does that does not trust this silo's certificate");
    }

    [Fact]
    public async Task Where_revocation_is_asked_for_and_nobody_answers_a_certificate_is_refused()
    {
        using var certificates = new CertificateFolder(_authority.Silo(TlsSilo.Cluster, [], Now, Year)) { Revocation = System.Security.Cryptography.X509Certificates.X509RevocationMode.Online };
        await using var silo = await TlsSilo.StartAsync(certificates);
        await RefusedAsync(silo, silo.GatewayPort, _authority.Client(TlsSilo.Cluster, "c", Now, Year), "it cannot be found out whether its certificate 'CN=c' was revoked");
    }

    [Fact]
    public async Task Only_new_protocols_are_spoken()
    {
        await using var silo = await TlsSilo.StartAsync(_silo);
        var certificate = _authority.Client(TlsSilo.Cluster, "c", Now, Year);
        foreach (var protocol in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13])
        {
            await using var stream = await HandshakeAsync(silo.GatewayPort, certificate, protocol);
            Assert.Equal(protocol, stream.SslProtocol);
        }

#pragma warning disable SYSLIB0039, CA5397 // The point of the test.
        await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(silo.GatewayPort, certificate, SslProtocols.Tls11));
#pragma warning restore SYSLIB0039, CA5397
    }

    [Fact]
    public async Task Certificates_and_authorities_are_replaced_without_a_restart_or_a_call_lost()
    {
        using var next = CertificateAuthority.Create("next authority", Now, Year);
        await using var silo = await TlsSilo.StartAsync(_silo);
        using var before = await silo.ConnectAsync(_client);

        // First both sides trust both; then the silo and its clients get certificates of the new authority; then the old one goes.
        _silo.Put(_authority.Silo(TlsSilo.Cluster, [], Now, Year), next.CertificatePem);
        silo.Certificates.Reload();
        using var replaced = new CertificateFolder(next.Client(TlsSilo.Cluster, "c", Now, Year));
        replaced.Put(next.Client(TlsSilo.Cluster, "c", Now, Year), _authority.CertificatePem);
        using (var client = await silo.ConnectAsync(replaced))
        {
            Assert.Equal(1, await TlsSilo.CountAsync(client));
        }

        using (var client = await silo.ConnectAsync(_client))
        {
            Assert.Equal(1, await TlsSilo.CountAsync(client));
        }

        _silo.Put(next.Silo(TlsSilo.Cluster, [], Now, Year));
        silo.Certificates.Reload();
        using (var client = await silo.ConnectAsync(replaced))
        {
            Assert.Equal(1, await TlsSilo.CountAsync(client));
        }

        await RefusedAsync(silo, silo.GatewayPort, _authority.Client(TlsSilo.Cluster, "c", Now, Year), "comes from 'CN=plant authority', which is no authority here");

        // Connections that stand are not ended.
        Assert.Equal(1, await TlsSilo.CountAsync(before));
    }

    [Fact]
    public void A_cluster_id_that_no_certificate_can_name_is_refused()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        Assert.Contains("'a plant'", Assert.Throws<CertificateException>(() => builder.UseOrleansClient(client => client.UseCertificates("a plant"))).Message);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _silo.Dispose();
        _client.Dispose();
    }

    private static async Task RefusedAsync(TlsSilo silo, int port, IssuedCertificate? certificate, string line)
    {
        // With TLS 1.3 the client's side of the handshake is done before the server has judged its certificate: the end comes with the first bytes.
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var stream = await HandshakeAsync(port, certificate, SslProtocols.None);
            if (await stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken) == 0)
            {
                throw new IOException("ended");
            }
        });
        await silo.Lines.UntilAsync(line);
    }

    private static async Task<SslStream> HandshakeAsync(int port, IssuedCertificate? certificate, SslProtocols protocols)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), TestContext.Current.CancellationToken);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            var own = certificate is null ? null
                : System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(certificate.CertificatePem, certificate.KeyPem);
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "silo.plant",
                    EnabledSslProtocols = protocols,
                    ClientCertificateContext = own is null ? null : SslStreamCertificateContext.Create(own, null, offline: true),
#pragma warning disable CA5359 // This side is the intruder.
                    RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
                },
                TestContext.Current.CancellationToken);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }
}
