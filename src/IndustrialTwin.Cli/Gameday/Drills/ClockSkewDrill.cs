using System.Text.Json;
using IndustrialTwin.Analyses;
using IndustrialTwin.Identities;
using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;
using MQTTnet;

namespace IndustrialTwin.Gameday;

/// <summary>Devices whose clocks are an hour wrong.</summary>
internal sealed class ClockSkewDrill : Drill
{
    private const long HourUs = 3_600_000_000;
    private const int Rows = DrillPlant.RowsPerBatch;

    public override string Name => "clock-skew";

    public override string Attempted => "devices whose clocks are 1 h ahead and 1 h behind: one held to 10 min by its plant file, one not held to the clock";

    public override string Expected => "all acknowledged, none lost: in quarantine as ClockSkew where a limit is declared, else in the log, and in no window if late";

    public override async Task RunAsync(Trial trial, CancellationToken cancellationToken)
    {
        var place = await trial.SharedAsync(cancellationToken);
        var (held, free) = (MachineKey.Parse("clock/line-1/held"), MachineKey.Parse("clock/line-1/free"));
        await using var grid = await place.ConnectAsync(null, cancellationToken);
        await Installation.DeclareAsync(grid, "clock", [DrillPlant.Machine(held.Value, TimeSpan.FromMinutes(10)), DrillPlant.Machine(free.Value) with { Analyses = [new WindowStatisticsAnalysis("statistics", DrillPlant.Channel, Rows, Rows, [Statistic.Maximum])] }], cancellationToken);
        var listener = await Installation.CreateKeyAsync(grid, "quarantine", Role.Viewer, "*", cancellationToken);
        var (found, outcome) = await DrillDevice.TryConnectAsync(place, cancellationToken, key: listener.Secret);
        using var watch = found ?? throw new InvalidOperationException($"The listener was turned away: {outcome}");
        var told = 0;
        watch.Client.ApplicationMessageReceivedAsync += message =>
        {
            using var record = JsonDocument.Parse(message.ApplicationMessage.Payload);
            if (record.RootElement.GetProperty("machine").GetString() == held.Value && record.RootElement.GetProperty("reason").GetString() == nameof(QuarantineReason.ClockSkew))
            {
                Interlocked.Add(ref told, record.RootElement.GetProperty("samples").GetInt32());
            }

            return Task.CompletedTask;
        };
        await watch.Client.SubscribeAsync(SampleTopic.QuarantineFilter, cancellationToken: cancellationToken);

        var acknowledged = 0;
        foreach (var machine in (MachineKey[])[held, free])
        {
            using var device = await DrillDevice.ConnectAsync(place, cancellationToken, place.Device(machine.Value));
            foreach (var (sequence, offsetUs) in (IEnumerable<(long, long)>)[(0, 0), (1, HourUs), (2, -HourUs)])
            {
                acknowledged += (await device.SendAsync(DrillPlant.Batch(machine, sequence, startUs: DrillPlant.NowUs + offsetUs), cancellationToken)).IsSuccess ? 1 : 0;
            }
        }

        trial.Must(acknowledged == 6, $"{acknowledged} of 6 batches acknowledged");
        var counts = (await Installation.SettledAsync(grid, held, 3, cancellationToken)).Counts;
        trial.Must(counts is { SamplesAccepted: Rows, SamplesQuarantined: 2 * Rows }, $"held to 10 min: {counts.SamplesAccepted} taken, {counts.SamplesQuarantined} in quarantine");
        var isTold = await Wait.UntilAsync(() => Task.FromResult(Volatile.Read(ref told) == 2 * Rows), TimeSpan.FromSeconds(10), cancellationToken);
        trial.Must(isTold, $"records of quarantine with the reason ClockSkew came for {told} of {2 * Rows} samples");
        counts = (await Installation.SettledAsync(grid, free, 3, cancellationToken)).Counts;
        var stored = await grid.CallAsync(grid.Grains.GetGrain<IMachineGrain>(free.Value).GetSamples(new SampleQuery(DrillPlant.Channel), cancellationToken), "The samples", cancellationToken);
        trial.Must(
            counts is { SamplesAccepted: 3 * Rows, SamplesQuarantined: 0, SamplesLate: Rows } && stored.Values.Length == 3 * Rows,
            $"not held: {stored.Values.Length} of {3 * Rows} in the log, {counts.SamplesAccepted} taken, {counts.SamplesLate} of them, the hour before, late for every window");
    }
}
