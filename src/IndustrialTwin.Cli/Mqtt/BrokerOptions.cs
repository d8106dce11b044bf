using System.CommandLine;
using IndustrialTwin.Certificates;
using IndustrialTwin.CommandLine;
using MQTTnet;
using MQTTnet.Formatter;

namespace IndustrialTwin.Mqtt;

/// <summary>The options of commands that speak to the MQTT broker.</summary>
internal sealed class BrokerOptions
{
    /// <summary>Where the password stands: a command line is seen by everyone on the machine.</summary>
    public const string PasswordVariable = "ITWIN_MQTT_PASSWORD";

    private const int MqttPort = 1883;

    private readonly Option<Endpoint> _broker = EndpointOption.Create("--mqtt", "The MQTT broker: a silo's own, or the one that silos subscribe to.", MqttPort);
    private readonly Option<string?> _user = new("--mqtt-user")
    {
        Description = $"Who to be at the broker; the password is read from the environment's {PasswordVariable}.",
        HelpName = "name",
    };

    private readonly Option<bool> _tls = new("--mqtt-tls") { Description = "Whether the broker's connection is encrypted; --certificates names whom to trust and what to show." };

    public BrokerOptions(Command command)
    {
        command.Options.Add(_broker);
        command.Options.Add(_user);
        command.Options.Add(_tls);
    }

    /// <summary>Connects to the broker that the command line names.</summary>
    /// <exception cref="CommandFault">It cannot be reached or lets nobody in.</exception>
    public async Task<IMqttClient> ConnectAsync(ParseResult parsed, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var broker = parsed.GetValue(_broker)!;
        using var certificates = CertificatesOption.Open(parsed);
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer(broker.Host, broker.Port)
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId($"itwin-cli-{Guid.NewGuid():N}")
            .WithTimeout(timeout)
            .WithCleanStart();
        if (parsed.GetValue(_user) is { Length: > 0 } user)
        {
            options.WithCredentials(user, Environment.GetEnvironmentVariable(PasswordVariable) ?? string.Empty);
        }

        if (parsed.GetValue(_tls))
        {
            options.WithTlsOptions(tls =>
            {
                tls.UseTls().WithSslProtocols(ConnectionSecurity.Protocols);
                if (certificates is not null)
                {
                    tls.WithRevocationMode(certificates.Revocation)
                        .WithClientCertificates([certificates.Current.Certificate])
                        .WithTrustChain(certificates.Current.Authorities);
                }
            });
        }

        var client = new MqttClientFactory().CreateMqttClient();
        try
        {
            var result = await client.ConnectAsync(options.Build(), cancellationToken);
            return result.ResultCode == MqttClientConnectResultCode.Success
                ? client
                : throw new CommandFault(
                    $"The MQTT broker at {broker} turned this client away ({result.ResultCode}). Check --mqtt-user and {PasswordVariable}.",
                    ExitCode.Unreachable);
        }
        catch (Exception fault) when (fault is not CommandFault && !cancellationToken.IsCancellationRequested)
        {
            client.Dispose();
            throw new CommandFault(
                $"No MQTT broker answers at {broker} ({Innermost(fault).Message.TrimEnd('.')}). A silo brings one along at its Mqtt:Port; "
                + "name another with --mqtt host:port.",
                ExitCode.Unreachable,
                fault);
        }
    }

    private static Exception Innermost(Exception fault) => fault.InnerException is { } inner ? Innermost(inner) : fault;
}
