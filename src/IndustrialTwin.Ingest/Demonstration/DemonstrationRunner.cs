using System.Net;
using IndustrialTwin.Certificates;
using IndustrialTwin.Identities;
using IndustrialTwin.Mqtt;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MQTTnet;

namespace IndustrialTwin.Demonstration;

/// <summary>Runs the demonstration plant's machines against the ingest's broker.</summary>
internal sealed partial class DemonstrationRunner(
    IMqttIngest ingest,
    TimeProvider time,
    IOptions<DemonstrationOptions> options,
    IOptions<MqttOptions> mqtt,
    ILogger<DemonstrationRunner> logger,
    CertificateStore? certificates = null,
    IAccess? door = null)
    : BackgroundService
{
    private static readonly Caller Own = new("demonstration", "demonstration", Role.Device, [Caller.Everywhere]);
    private static readonly TimeSpan PassLifetime = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled)
        {
            return;
        }

        var machines = DemonstrationPlant.CreateMachines(options.Value.Seed, options.Value.Speed);
        LogRunning(machines.Length, options.Value.Seed);
        var devices = machines.Select(
            machine => new DemonstrationDevice(machine, Connection, options.Value.BacklogMax, time, logger).RunAsync(stoppingToken));
        await Task.WhenAll(devices).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stoppingToken.IsCancellationRequested)
        {
            throw new InvalidOperationException("A demonstration machine ended before the host.");
        }
    }

    private MqttClientOptionsBuilder Connection()
    {
        if (mqtt.Value.Mode == MqttMode.External)
        {
            return MqttConnections.External(mqtt.Value, certificates);
        }

        // Where the embedded broker listens on every address, it is reached on this computer's own.
        var endpoint = IPEndPoint.Parse(ingest.Status.Endpoint);
        var address = endpoint.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : endpoint.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : endpoint.Address;
        var connection = MqttConnections.Embedded(mqtt.Value, address.ToString(), endpoint.Port, certificates);
        return door is { IsRequired: true } && string.IsNullOrEmpty(mqtt.Value.UserName)
            ? connection.WithCredentials(Own.Name, door.Issue(Own, PassLifetime).Text)
            : connection;
    }

    [LoggerMessage(1, LogLevel.Information, "The demonstration plant runs {Count} machines with seed {Seed}")]
    private partial void LogRunning(int count, int seed);
}
