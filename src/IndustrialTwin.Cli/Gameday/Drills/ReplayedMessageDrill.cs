using IndustrialTwin.Machines;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Gameday;

/// <summary>A message that was heard on the wire, sent again.</summary>
internal sealed class ReplayedMessageDrill : Drill
{
    private const int Batches = 5;

    public override string Name => "replayed-message";

    public override string Attempted => "captured messages sent again: in the same session, in a new session, after newer ones, and forged under a name that was used";

    public override string Expected => "acknowledged as duplicates; nothing is applied twice, nothing is changed";

    public override async Task RunAsync(Trial trial, CancellationToken cancellationToken)
    {
        var place = await trial.SharedAsync(cancellationToken);
        var machine = MachineKey.Parse("replay/line-1/press-01");
        await using var grid = await place.ConnectAsync(null, cancellationToken);
        await Installation.DeclareAsync(grid, "replay", [DrillPlant.Machine(machine.Value)], cancellationToken);
        var twin = grid.Grains.GetGrain<IMachineGrain>(machine.Value);
        var captured = Enumerable.Range(0, Batches).Select(sequence => SamplePayload.Write(DrillPlant.Batch(machine, sequence))).ToArray();
        var (topic, refused) = (SampleTopic.Of(machine), 0);
        using (var device = await DrillDevice.ConnectAsync(place, cancellationToken, place.Device(machine.Value)))
        {
            foreach (var payload in captured.Concat(captured))
            {
                refused += (await device.SendAsync(topic, payload, cancellationToken)).IsSuccess ? 0 : 1;
            }
        }

        var forged = DrillPlant.Batch(machine, 2);
        Array.Fill(forged.Columns[0].Values, 666);
        using (var attacker = await DrillDevice.ConnectAsync(place, cancellationToken, place.Device(machine.Value)))
        {
            foreach (var payload in captured.Append(SamplePayload.Write(forged)))
            {
                refused += (await attacker.SendAsync(topic, payload, cancellationToken)).IsSuccess ? 0 : 1;
            }
        }

        trial.Must(refused == 0, $"{(3 * Batches) + 1 - refused} of {(3 * Batches) + 1} acknowledged");
        var counts = (await Installation.SettledAsync(grid, machine, Batches, cancellationToken)).Counts;
        trial.Must(
            counts is { BatchesAccepted: Batches, BatchesDuplicate: (2 * Batches) + 1 } && counts.SamplesAccepted == Batches * DrillPlant.RowsPerBatch,
            $"applied {counts.BatchesAccepted}, known as duplicates {counts.BatchesDuplicate}, {counts.SamplesAccepted} samples");
        var values = (await grid.CallAsync(twin.GetSamples(new SampleQuery(DrillPlant.Channel), cancellationToken), "The samples", cancellationToken)).Values;
        var isAsSent = values.AsSpan().SequenceEqual([.. Enumerable.Range(0, Batches * DrillPlant.RowsPerBatch).Select(row => (double)row)]);
        trial.Must(isAsSent, isAsSent ? "what is stored is what the device sent" : $"stored are {string.Join(' ', values)}");
    }
}
