using IndustrialTwin.Exposure;
using IndustrialTwin.Hosting;
using IndustrialTwin.Mqtt;
using IndustrialTwin.Starting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace IndustrialTwin.Certificates;

/// <summary>The silo's certificate: one for all its ports, followed without a restart.</summary>
internal static class CertificateHosting
{
    private static readonly TimeSpan StrictTransportMaxAge = TimeSpan.FromDays(365);

    /// <summary>Reads the section <c>Certificates</c>, and gives the certificate to HTTP.</summary>
    /// <exception cref="StartException">A port is to speak TLS, but there is no certificate.</exception>
    public static void AddCertificates(this WebApplicationBuilder builder, CertificateOptions options, SiloExposure exposure, GridClusterOptions cluster, MqttOptions mqtt)
    {
        if (options.Files is null)
        {
            var wanted = cluster.Tls ? "Cluster:Tls is on"
                : mqtt is { Mode: MqttMode.Embedded, Tls: true } ? "Mqtt:Tls is on"
                : exposure.Listeners.FirstOrDefault(listener => listener is { IsEncrypted: true, Name: SiloExposure.HttpName }) is { } http ? $"{http.Setting} is '{http.Where}'"
                : null;
            if (wanted is not null)
            {
                throw new StartException($"{wanted}, but Certificates:Folder is not set; expected a folder with tls.crt, tls.key and ca.crt. 'itwin certificates init' makes one.");
            }

            return;
        }

        builder.Services.AddSingleton(provider => new CertificateStore(
            options, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<CertificateStore>>()));
        builder.Services.AddOptions<KestrelServerOptions>().Configure<CertificateStore>((kestrel, store) => kestrel.ConfigureHttpsDefaults(https =>
        {
            https.SslProtocols = ConnectionSecurity.Protocols;
            https.HandshakeTimeout = ConnectionSecurity.HandshakeTimeout;
            https.ServerCertificateSelector = (_, _) => store.Current.Certificate;
            https.OnAuthenticate = (_, tls) =>
            {
                tls.ServerCertificateSelectionCallback = null;
                tls.ServerCertificateContext = store.Current.Context; // With the certificates above it, as they are now.
            };
        }));
        builder.Services.AddHsts(hsts => hsts.MaxAge = StrictTransportMaxAge);
    }
}
