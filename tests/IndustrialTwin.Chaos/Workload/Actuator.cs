using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using IndustrialTwin.Controls;
using IndustrialTwin.Machines;
using MQTTnet;

namespace IndustrialTwin.Chaos;

/// <summary>
/// What carries a site's commands out, as a machine's controller must: only one whose fence and number are higher than any before. It
/// remembers all that came, for the checker.
/// </summary>
internal sealed class Actuator : IAsyncDisposable
{
    private readonly IPAddress _broker;
    private readonly string _site;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<MachineKey, List<Received>> _received = new();
    private Task _running = Task.CompletedTask;

    private Actuator(IPAddress broker, string site) => (_broker, _site) = (broker, site);

    public static Task<Actuator> StartAsync(IPAddress broker, string site)
    {
        var actuator = new Actuator(broker, site);
        actuator._running = Task.Run(actuator.RunAsync);
        return Task.FromResult(actuator);
    }

    /// <summary>All commands that came for a machine, in the order of their coming.</summary>
    public Received[] ReceivedBy(MachineKey machine)
    {
        if (!_received.TryGetValue(machine, out var list))
        {
            return [];
        }

        lock (list)
        {
            return [.. list];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var client = new MqttClientFactory().CreateMqttClient();
                var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                client.DisconnectedAsync += _ =>
                {
                    gone.TrySetResult();
                    return Task.CompletedTask;
                };
                client.ApplicationMessageReceivedAsync += arrived =>
                {
                    Keep(arrived.ApplicationMessage);
                    return Task.CompletedTask;
                };
                await MqttWay.ConnectAsync(client, _broker, $"{_site}-actuator", _stop.Token);
                await client.SubscribeAsync($"itwin/v1/{_site}/+/+/commands", cancellationToken: _stop.Token);
                await gone.Task.WaitAsync(_stop.Token);
            }
            catch (Exception)
            {
                await Task.Delay(200, CancellationToken.None);
            }
        }
    }

    private void Keep(MqttApplicationMessage message)
    {
        var machine = MachineKey.Parse(message.Topic["itwin/v1/".Length..^"/commands".Length]);
        var command = CommandPayload.Read(machine, message.Payload.ToArray());
        var list = _received.GetOrAdd(machine, _ => []);
        lock (list)
        {
            var isNew = list.FindLast(before => before.IsCarriedOut) is not { } last
                || (command.Fence, command.Number).CompareTo((last.Command.Fence, last.Command.Number)) > 0;
            list.Add(new Received(command, Clock.Now, isNew));
        }
    }

    internal sealed record Received(MachineCommand Command, TimeSpan At, bool IsCarriedOut);
}
