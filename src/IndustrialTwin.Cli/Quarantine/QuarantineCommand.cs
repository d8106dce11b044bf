using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Mqtt;
using IndustrialTwin.Samples;
using IndustrialTwin.Twins;
using MQTTnet;
using MQTTnet.Protocol;

namespace IndustrialTwin.Quarantine;

/// <summary><c>itwin quarantine</c>: what cannot be used, as it comes in, until Ctrl+C.</summary>
internal sealed class QuarantineCommand : Command
{
    public QuarantineCommand(Terminal terminal)
        : base("quarantine", "Prints what is put in quarantine as it happens, with the reason, until Ctrl+C.")
    {
        var json = new Option<bool>("--json") { Description = "As JSON, a record a line; the payload in base64." };
        var timeout = TimeOption.Create("--timeout", "How long to wait for a connection.", TimeSpan.FromSeconds(30));
        Options.Add(json);
        Options.Add(timeout);
        var broker = new BrokerOptions(this);
        SetAction(async (parsed, cancellationToken) =>
        {
            using var client = await broker.ConnectAsync(parsed, parsed.GetValue(timeout), cancellationToken);
            var records = Channel.CreateBounded<string>(1_000);
            client.ApplicationMessageReceivedAsync += message =>
                records.Writer.WriteAsync(Encoding.UTF8.GetString(message.ApplicationMessage.Payload.ToArray())).AsTask();
            client.DisconnectedAsync += _ =>
            {
                records.Writer.TryComplete();
                return Task.CompletedTask;
            };
            var subscription = new MqttClientSubscribeOptionsBuilder().WithTopicFilter(SampleTopic.QuarantineFilter, MqttQualityOfServiceLevel.AtLeastOnce);
            await client.SubscribeAsync(subscription.Build(), cancellationToken);
            await foreach (var record in records.Reader.ReadAllAsync(cancellationToken))
            {
                await terminal.Out.WriteLineAsync(parsed.GetValue(json) ? record : Line(record));
            }

            throw new CommandFault("The connection to the MQTT broker was lost. Check that it runs, and run the command again.", ExitCode.Unreachable);
        });
    }

    private static string Line(string record)
    {
        try
        {
            using var read = JsonDocument.Parse(record);
            var root = read.RootElement;
            var received = TwinText.Time(root.GetProperty("receivedUs").GetInt64());
            return $"{received}  {root.GetProperty("reason").GetString()}  {root.GetProperty("detail").GetString()}";
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return record; // Not one of ours; the topic is open to anyone.
        }
    }
}
