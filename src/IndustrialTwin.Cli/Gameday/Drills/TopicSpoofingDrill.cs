using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;
using MQTTnet;

namespace IndustrialTwin.Gameday;

/// <summary>A genuine device that speaks for others.</summary>
internal sealed class TopicSpoofingDrill : Drill
{
    public override string Name => "topic-spoofing";

    public override string Attempted => "a device with a good certificate sends another machine's samples, commands and quarantine, listens to everything, and takes another's client id";

    public override string Expected => "not authorized; the other machine's twin hears nothing; its own samples are taken";

    public override async Task RunAsync(Trial trial, CancellationToken cancellationToken)
    {
        var place = await trial.SharedAsync(cancellationToken);
        var (own, other) = (MachineKey.Parse("spoof/line-1/press-01"), MachineKey.Parse("spoof/line-1/press-02"));
        await using var grid = await place.ConnectAsync(null, cancellationToken);
        await Installation.DeclareAsync(grid, "spoof", [DrillPlant.Machine(own.Value), DrillPlant.Machine(other.Value)], cancellationToken);
        using var device = await DrillDevice.ConnectAsync(place, cancellationToken, place.Device(own.Value));
        var mine = await device.SendAsync(DrillPlant.Batch(own, 0), cancellationToken);
        trial.Must(mine.IsSuccess, $"its own samples: {mine.ReasonCode}");
        var payload = SamplePayload.Write(DrillPlant.Batch(other, 0));
        foreach (var (what, topic) in (IEnumerable<(string, string)>)
        [
            ("another's samples", SampleTopic.Of(other)),
            ("its own commands", $"{SampleTopic.Prefix}{own}/commands"),
            ("quarantine", SampleTopic.OfQuarantine(QuarantineReason.NotFinite)),
        ])
        {
            var answer = await device.SendAsync(topic, payload, cancellationToken);
            trial.Must(answer.ReasonCode == MqttClientPublishReasonCode.NotAuthorized, $"{what}: {answer.ReasonCode}");
        }

        var heard = new List<string>();
        string[] filters = ["#", SampleTopic.Filter, SampleTopic.QuarantineFilter, SampleTopic.Of(other)];
        foreach (var filter in filters)
        {
            var code = (await device.Client.SubscribeAsync(filter, cancellationToken: cancellationToken)).Items.First().ResultCode;
            if (code != MqttClientSubscribeResultCode.NotAuthorized)
            {
                heard.Add($"{filter} ({code})");
            }
        }

        trial.Must(heard.Count == 0, heard.Count == 0 ? $"listening beyond its own topics: {filters.Length} of {filters.Length} NotAuthorized" : $"it may listen to {string.Join(", ", heard)}");

        using var victim = await DrillDevice.ConnectAsync(place, cancellationToken, place.Device(other.Value), "press-02");
        var (taken, outcome) = await DrillDevice.TryConnectAsync(place, cancellationToken, place.Device(own.Value), clientId: "press-02");
        taken?.Dispose();
        trial.Must(taken is null && victim.Client.IsConnected, $"another's client id: {outcome}");
        var counts = (await grid.CallAsync(grid.Grains.GetGrain<IMachineGrain>(other.Value).GetSnapshot(), "The twin", cancellationToken)).Counts;
        trial.Must(counts.BatchesAccepted == 0, $"the other twin took {counts.BatchesAccepted} batches");
    }
}
