using IndustrialTwin.Machines;
using IndustrialTwin.Mqtt;
using MQTTnet;

namespace IndustrialTwin.Controls;

public class CommandTests
{
    private static readonly MachineKey Press = MachineKey.Parse("wuhan/line-3/press-07");

    [Fact]
    public async Task A_command_reaches_a_machine_that_listens_at_the_embedded_broker()
    {
        await using var host = await IngestHost.StartAsync();
        await SendAndReceiveAsync(host, host.Port);
    }

    [Fact]
    public async Task A_command_reaches_a_machine_that_listens_at_an_external_broker()
    {
        await using var mosquitto = await MosquittoServer.StartOrSkipAsync();
        await using var host = await IngestHost.StartAsync(
            null, ("Mode", "External"), ("Port", $"{mosquitto.Port}"), ("ClientId", "itwin-commands"));
        await IngestHost.UntilAsync(() => host.Ingest.Status.IsConnected, "the ingest is connected");
        await SendAndReceiveAsync(host, mosquitto.Port);
    }

    [Fact]
    public async Task Without_a_broker_a_command_is_answered_with_false()
    {
        await using var host = await IngestHost.StartAsync(null, ("Mode", "External"), ("Port", "9"));
        Assert.False(await host.Commands.SendAsync(Command(1), IngestHost.Deadline));
    }

    private static async Task SendAndReceiveAsync(IngestHost host, int port)
    {
        using var machine = await IngestHost.ConnectAsync(port);
        var arrived = new TaskCompletionSource<MachineCommand>(TaskCreationOptions.RunContinuationsAsynchronously);
        machine.ApplicationMessageReceivedAsync += message =>
        {
            arrived.TrySetResult(CommandPayload.Read(Press, MqttMessages.Payload(message.ApplicationMessage.Payload).Span));
            return Task.CompletedTask;
        };
        await machine.SubscribeAsync(CommandPayload.TopicOf(Press), cancellationToken: IngestHost.Deadline);
        Assert.True(await host.Commands.SendAsync(Command(1), IngestHost.Deadline));
        Assert.Equal(Command(1), await arrived.Task.WaitAsync(TimeSpan.FromSeconds(20), IngestHost.Deadline));
    }

    private static MachineCommand Command(long number) =>
        new(Press, "overload", "stop", 1, 412.5, 1_700_000_000_000_000, "device", 1, 42, 7, number);
}
