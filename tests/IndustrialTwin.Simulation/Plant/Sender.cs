using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Protocols;

/// <summary>
/// A source of a machine's batches that keeps each until it is acknowledged and sends it again until then, several at once: what a
/// QoS 1 publisher and the intake of messages are together.
/// </summary>
internal sealed class Sender(World world, SimulatedCluster cluster, PlantDesign plant, MachineKey machine, int source)
{
    private const int OpenMax = 8;
    private static readonly TimeSpan QuarantineTimeout = TimeSpan.FromSeconds(5);

    private readonly VirtualClock _clock = new(world, null);

    private int _open;

    /// <summary>Batches that the twin has acknowledged.</summary>
    public HashSet<long> Acknowledged { get; } = [];

    /// <summary>Batches that the twin has rejected and that went to quarantine as a whole.</summary>
    public HashSet<long> Rejected { get; } = [];

    public MachineKey Machine => machine;

    public string Name => PlantDesign.SourceName(source);

    public bool IsDone => Acknowledged.Count + Rejected.Count == plant.Batches;

    public async Task RunAsync(Turns turns)
    {
        await world.WaitAsync(world.Random.Next(500_000));
        for (var sequence = 0L; sequence < plant.Batches; sequence++)
        {
            while (_open >= OpenMax)
            {
                await world.WaitAsync(20_000);
            }

            _open++;
            var number = sequence;
            turns.Post(() => SettleAsync(number));
            await world.WaitAsync(world.Between(0, 1_500_000));
        }
    }

    private async Task SettleAsync(long sequence)
    {
        var batch = plant.Batch(machine, source, sequence);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var reply = await cluster.CallAsync(machine, grain => grain.Observe(batch, CancellationToken.None));
                if (reply.Outcome != ObserveOutcome.Rejected)
                {
                    Check(batch, reply);
                    Acknowledged.Add(sequence);
                    break;
                }

                await QuarantineAsync(batch, reply);
                Rejected.Add(sequence);
                break;
            }
            catch (Exception fault)
            {
                world.Note($"{machine.Name} {Name}:{sequence} attempt {attempt}: {fault.Message}");
                await world.WaitAsync(world.Between(10_000, 3_000_000));
            }
        }

        _open--;
    }

    private void Check(SampleBatch batch, ObserveReply reply)
    {
        world.Note($"{machine.Name} {Name}:{batch.Sequence} {reply.Outcome}");
        if (!cluster.Database.RowsOf(machine).Positions.ContainsKey(new BatchName(batch.Source, batch.Epoch, batch.Sequence)))
        {
            world.Violate($"{machine}: {Name}:{batch.Sequence} is acknowledged as {reply.Outcome} and not in the log");
        }

        if (reply.Outcome == ObserveOutcome.Accepted && reply.SamplesAccepted + reply.SamplesQuarantined != batch.SampleCount)
        {
            world.Violate($"{machine}: {Name}:{batch.Sequence} has {batch.SampleCount} samples; {reply.SamplesAccepted} were accepted and {reply.SamplesQuarantined} quarantined");
        }
    }

    private async Task QuarantineAsync(SampleBatch batch, ObserveReply reply)
    {
        world.Note($"{machine.Name} {Name}:{batch.Sequence} rejected: {reply.Reason}");
        if (!plant.IsRetired)
        {
            world.Violate($"{machine}: {Name}:{batch.Sequence} is rejected: {reply.Reason} {reply.Detail}");
        }

        using var late = new CancellationTokenSource(QuarantineTimeout, _clock);
        var running = cluster.Running;
        await running[world.Random.Next(running.Count)].Log.QuarantineAsync(
            new QuarantineRecord(0, machine.Value, null, reply.Reason!.Value, $"{Name}:{batch.Sequence}", [], batch.SampleCount, 0), late.Token);
    }
}
