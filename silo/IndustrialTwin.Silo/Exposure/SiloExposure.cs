using System.Net;
using IndustrialTwin.Hosting;
using IndustrialTwin.Mqtt;
using IndustrialTwin.Starting;
using Npgsql;

namespace IndustrialTwin.Exposure;

/// <summary>
/// Who can reach the silo. A fresh one listens on loopback alone; beyond that it asks for encryption and for who calls, and does
/// without only where it is told so, which it says at every start.
/// </summary>
internal sealed class SiloExposure
{
    /// <summary>The name of HTTP's ports.</summary>
    public const string HttpName = "people and programs (HTTP)";

    private const string Plaintext = ExposureOptions.Section + ":" + nameof(ExposureOptions.AllowPlaintext);
    private const string Anonymous = ExposureOptions.Section + ":" + nameof(ExposureOptions.AllowAnonymous);
    private const string MqttSetting = MqttOptions.Section + ":" + nameof(MqttOptions.Host);
    private const string MqttAnonymous = MqttOptions.Section + ":" + nameof(MqttOptions.AllowAnonymous);

    private SiloExposure(IReadOnlyList<Listener> listeners, IReadOnlyList<string> warnings) => (Listeners, Warnings) = (listeners, warnings);

    /// <summary>All ports.</summary>
    public IReadOnlyList<Listener> Listeners { get; }

    /// <summary>What is not safe, and was allowed.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Where the silo is to be seen, in a sentence.</summary>
    public string Sentence => Listeners.Where(listener => !listener.IsLoopback).ToList() is { Count: > 0 } open
        ? $"Other computers can reach {string.Join(", ", open.Select(listener => $"{listener} ({(listener.IsEncrypted ? "TLS" : "not encrypted")})"))}."
        : "It listens on loopback only: nobody but this computer can reach it.";

    /// <summary>Whether other computers can reach any of the silo's ports.</summary>
    /// <exception cref="StartException">An address is none.</exception>
    public static bool IsBeyondLoopback(IConfiguration configuration, GridClusterOptions cluster, MqttOptions mqtt) =>
        Http(configuration, true).Append(Cluster("clients of twins", "GatewayPort", cluster.GatewayPort, cluster)).Concat(Mqtt(mqtt, true)).Any(listener => !listener.IsLoopback);

    /// <summary>Judges the settings before anything listens.</summary>
    /// <exception cref="StartException">A port would be open to other computers without what keeps it safe.</exception>
    public static SiloExposure Check(IConfiguration configuration, StorageOptions storage, GridClusterOptions cluster, MqttOptions mqtt, bool isAccessRequired)
    {
        var allowed = configuration.GetSection(ExposureOptions.Section).Get<ExposureOptions>() ?? new ExposureOptions();
        var listeners = Http(configuration, isAccessRequired).Append(Cluster("silos", "SiloPort", cluster.SiloPort, cluster))
            .Append(Cluster("clients of twins", "GatewayPort", cluster.GatewayPort, cluster)).Concat(Mqtt(mqtt, isAccessRequired)).ToList();
        var warnings = new List<string>();
        foreach (var listener in listeners.Where(listener => !listener.IsLoopback))
        {
            if (!listener.IsEncrypted)
            {
                Allowed(
                    allowed.AllowPlaintext,
                    Plaintext,
                    $"{listener.Setting} is '{listener.Where}', which other computers can reach, but the port for {listener.Name} is not encrypted",
                    listener.Encryption);
            }

            if (!listener.IsAuthenticated && listener.Authentication is { } authentication)
            {
                Allowed(
                    listener.Setting == MqttSetting ? allowed.AllowAnonymous || mqtt.AllowAnonymous : allowed.AllowAnonymous,
                    listener.Setting == MqttSetting && mqtt.AllowAnonymous ? MqttAnonymous : Anonymous,
                    $"{listener.Setting} is '{listener.Where}', which other computers can reach, but the port for {listener.Name} lets anyone in",
                    authentication);
            }
        }

        if (mqtt is { Mode: MqttMode.External, Tls: false } && !IsLoopback(mqtt.Host))
        {
            warnings.Add($"Mqtt:Host is '{mqtt.Host}', and the connection to it is not encrypted. Set Mqtt:Tls.");
        }

        if (storage.Engine == StorageEngine.Postgres && IsDatabaseOpen(storage.ConnectionString, out var host, out var mode))
        {
            warnings.Add($"Storage:ConnectionString names the host '{host}' with SSL Mode={mode}: nobody checks who answers there. Set SSL Mode=VerifyFull and Root Certificate.");
        }

        return new SiloExposure(listeners, warnings);

        void Allowed(bool isAllowed, string setting, string fault, string instead)
        {
            if (!isAllowed)
            {
                throw new StartException(
                    $"{fault}. {instead}; listen on a loopback address; or, where nobody but who may can get there, set {setting}=true.");
            }

            warnings.Add($"{fault}: {setting} allows it.");
        }
    }

    private static IEnumerable<Listener> Http(IConfiguration configuration, bool isAuthenticated)
    {
        var urls = (configuration["Urls"] ?? string.Empty).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(url => ("Urls", url))
            .Concat(configuration.GetSection("Kestrel:Endpoints").GetChildren().Where(endpoint => endpoint["Url"] is { Length: > 0 }).Select(endpoint => ($"{endpoint.Path}:Url", endpoint["Url"]!)));
        foreach (var (setting, url) in urls)
        {
            var address = Address(setting, url);
            yield return new Listener(
                HttpName,
                setting,
                url,
                address.IsUnixPipe || address.IsNamedPipe || IsLoopback(address.Host),
                address.Scheme.Equals("https", StringComparison.OrdinalIgnoreCase),
                isAuthenticated,
                "Set an address that begins with https, and Certificates:Folder",
                "Set Security:Access to Required");
        }
    }

    private static BindingAddress Address(string setting, string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException fault)
        {
            throw new StartException($"{setting} is '{url}'; expected an address such as https://localhost:8443.", fault);
        }
    }

    private static Listener Cluster(string name, string setting, int port, GridClusterOptions cluster) => new(
        name, $"Cluster:Address with Cluster:{setting}", $"{cluster.Address}:{port}", IsLoopback(cluster.Address), cluster.Tls, cluster.Tls,
        "Set Cluster:Tls and Certificates:Folder", null);

    private static IEnumerable<Listener> Mqtt(MqttOptions mqtt, bool isAccessRequired)
    {
        if (mqtt.Mode == MqttMode.Embedded)
        {
            yield return new Listener(
                "machines (MQTT)", MqttSetting, mqtt.Host, IsLoopback(mqtt.Host), mqtt.Tls,
                mqtt.RequireCertificate || isAccessRequired || !string.IsNullOrEmpty(mqtt.UserName),
                "Set Mqtt:Tls and Certificates:Folder", "Set Mqtt:RequireCertificate, or Mqtt:UserName and Mqtt:PasswordFile");
        }
    }

    private static bool IsDatabaseOpen(string connectionString, out string? host, out SslMode mode)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        (host, mode) = (connection.Host, connection.SslMode);
        return mode != SslMode.VerifyFull && (host ?? string.Empty).Split(',').Any(one => !one.StartsWith('/') && !IsLoopback(one.Split(':')[0]));
    }

    private static bool IsLoopback(string host) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
