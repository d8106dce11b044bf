using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using IndustrialTwin.Replay;

namespace IndustrialTwin.Certificates;

/// <summary>A real silo in a process of its own that speaks TLS at every port.</summary>
internal sealed class SecureSilo : IAsyncDisposable
{
    public const string Cluster = "works-net";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly ConcurrentQueue<string> _output = new();
    private readonly Process _process;
    private readonly int _httpPort;

    private SecureSilo(Process process, int httpPort, int gatewayPort, int mqttPort) => (_process, _httpPort, GatewayPort, MqttPort) = (process, httpPort, gatewayPort, mqttPort);

    public int GatewayPort { get; }

    public int MqttPort { get; }

    public string Output => string.Join('\n', _output);

    /// <summary>The hash of the certificate that HTTP showed last.</summary>
    public string? Shown { get; private set; }

    public static async Task<SecureSilo> StartAsync(string folder, string certificates, string authority)
    {
        var (http, gateway, mqtt) = (SiloFixture.FreePort(), SiloFixture.FreePort(), SiloFixture.FreePort());
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var program = Path.Combine(DataSets.Repository(), "silo/IndustrialTwin.Silo/bin", configuration, "net10.0/IndustrialTwin.Silo.dll");
        var start = new ProcessStartInfo("dotnet", [program])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["Urls"] = $"https://127.0.0.1:{http}",
                ["AllowedHosts"] = "*",
                ["Node__Node"] = "node-1",
                ["Storage__Path"] = Path.Combine(folder, "twin.db"),
                ["Certificates__Folder"] = certificates,
                ["Certificates__ReloadInterval"] = "00:00:00.2",
                ["Cluster__ClusterId"] = Cluster,
                ["Cluster__Tls"] = "true",
                ["Cluster__SiloPort"] = $"{SiloFixture.FreePort()}",
                ["Cluster__GatewayPort"] = $"{gateway}",
                ["Mqtt__Port"] = $"{mqtt}",
                ["Mqtt__Tls"] = "true",
                ["Mqtt__RequireCertificate"] = "true",
                ["Demonstration__Enabled"] = "false",
            },
        };
        var silo = new SecureSilo(Process.Start(start)!, http, gateway, mqtt);
        silo._process.OutputDataReceived += (_, line) => silo._output.Enqueue(line.Data ?? string.Empty);
        silo._process.ErrorDataReceived += (_, line) => silo._output.Enqueue(line.Data ?? string.Empty);
        silo._process.BeginOutputReadLine();
        silo._process.BeginErrorReadLine();
        for (var began = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            try
            {
                if ((await silo.GetAsync("/health/ready", authority)).StatusCode == HttpStatusCode.OK)
                {
                    return silo;
                }
            }
            catch (HttpRequestException)
            {
                // Not up yet.
            }

            if (silo._process.HasExited || began.Elapsed > Patience)
            {
                await silo.DisposeAsync();
                throw new InvalidOperationException($"The silo did not become ready.\n{silo.Output}");
            }
        }
    }

    /// <summary>Asks over HTTP, trusting an authority alone, on a connection of its own.</summary>
    public async Task<HttpResponseMessage> GetAsync(string path, string authority, string host = "localhost")
    {
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(authority) },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
                RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                {
                    Shown = certificate?.GetCertHashString();
                    return errors == SslPolicyErrors.None;
                },
            },
        };
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"https://127.0.0.1:{_httpPort}{path}")) { Headers = { Host = host } };
        return await client.SendAsync(request);
    }

    /// <summary>Waits until something holds.</summary>
    public async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        for (var began = Stopwatch.StartNew(); !await holds(); await Task.Delay(100))
        {
            if (began.Elapsed > Patience)
            {
                throw new InvalidOperationException($"Not within {Patience}: {what}\n{Output}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
