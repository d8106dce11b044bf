using IndustrialTwin.Controls;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;
using MQTTnet;
using Npgsql;

namespace IndustrialTwin.Chaos;

/// <summary>
/// Twins are claimed by an intruder, as by a second activation that the directory does not know of: again and again, under load. It
/// commands once, as the newest; and it writes once more when it has been claimed from again.
/// </summary>
internal sealed class DuplicateFault : Fault
{
    private const int RoundsShort = 4, RoundsLong = 40;

    public override string Name => "duplicate";

    public override string Title => "forced duplicate activation";

    public override string MustHold => "every stale write and actuation refused";

    public override async Task TryAsync(Trial trial)
    {
        var cluster = await trial.Run.ClusterAsync();
        await using var load = await Load.StartAsync(cluster, trial.Site, new LoadPlan());
        var log = await SampleLogHosting.OpenAsync(new SampleLogOptions
        {
            Engine = SampleLogEngine.Postgres,
            ConnectionString = new NpgsqlConnectionStringBuilder(cluster.ConnectionString) { ApplicationName = "intruder" }.ToString(),
        });
        using var client = new MqttClientFactory().CreateMqttClient();
        await MqttWay.ConnectAsync(client, cluster.Broker.Host.Address, $"{trial.Site}-intruder", CancellationToken.None);
        await using (log as IAsyncDisposable)
        {
            var (stale, refused, settled) = (0, 0, 0);
            var fences = new Dictionary<MachineKey, long>();
            for (var round = 0; round < (trial.IsLong ? RoundsLong : RoundsShort); round++)
            {
                foreach (var sender in load.Senders)
                {
                    var fence = fences[sender.Machine] = await log.ClaimAsync(sender.Machine, CancellationToken.None);
                    var command = new MachineCommand(sender.Machine, "follow", "set", 0, 0, 0, "intruder", 1, round, fence, 1);
                    await client.PublishBinaryAsync(CommandPayload.TopicOf(sender.Machine), CommandPayload.Write(command));
                }

                // Once the twins have claimed again, the intruder is the stale one.
                await using var connection = await cluster.OpenAsync();
                settled += await Clock.UntilAsync(
                    async () => (await Witness.OwnersAsync(connection, trial.Site)).Values.All(writer => writer != "intruder"),
                    TimeSpan.FromSeconds(20)) is null ? 0 : 1;
                foreach (var (machine, fence) in fences)
                {
                    var batch = Plant.Batch(machine, round); // Any bytes do: the log must refuse them before it looks.
                    var reply = await log.AppendAsync(
                        new LogEntry(machine, fence, LogEntryKind.Samples, "intruder", 1, round, SamplePayload.Write(batch), 0, 0, 0, []), CancellationToken.None);
                    stale++;
                    refused += reply.Outcome == AppendOutcome.Fenced ? 1 : 0;
                }

                await Task.Delay(trial.Between(0.1, 0.6));
            }

            trial.Must(stale == refused && settled > 0, $"{stale} stale writes tried, refused {refused}");
        }

        var refusedCommands = load.Senders.Sum(sender => load.Actuator.ReceivedBy(sender.Machine).Count(command => !command.IsCarriedOut));
        trial.Must(true, $"{refusedCommands} stale commands refused by the actuator");
        await trial.CheckAsync(cluster, load, TimeSpan.FromSeconds(60));
    }
}
