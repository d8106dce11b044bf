using System.Text;
using System.Text.Json;
using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;
using IndustrialTwin.Sites;
using MQTTnet;
using MQTTnet.Protocol;
using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>What a bad day sends, over real MQTT to a real silo: each gets its record with its reason, the counts balance, nothing falls over.</summary>
public sealed class BadInputTests(ITestOutputHelper output)
{
    private const string Good = SampleTopic.Prefix + "load/line-1/machine-00" + SampleTopic.Suffix;
    private const long HourUs = 3_600_000_000;

    private static readonly long NowUs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000;

    private static readonly (string Topic, byte[] Payload, QuarantineReason Reason, string Says)[] Whole =
    [
        (Good, Utf8("this is no JSON"), QuarantineReason.MalformedJson, "payload"),
        (Good, [], QuarantineReason.MalformedJson, "payload"),
        (Good, Utf8("""{"epoch":1,"sequence":0,"timesUs":[1],"channels":{"force":[1]"""), QuarantineReason.MalformedJson, "payload"),
        (Good, Utf8("[1,2,3]"), QuarantineReason.InvalidSchema, "an object"),
        (Good, Utf8("""{"epoch":"one","sequence":0,"timesUs":[1],"channels":{"force":[1]}}"""), QuarantineReason.InvalidSchema, "epoch"),
        (Good, Utf8("""{"epoch":1,"sequence":0,"timesUs":[1],"channels":{"force":["high"]}}"""), QuarantineReason.InvalidSchema, "force"),
        (Good, Utf8("""{"epoch":1,"sequence":0,"timesUs":[1],"channels":{"force":[true]}}"""), QuarantineReason.InvalidSchema, "force"),
        (Good, Utf8("""{"epoch":1,"sequence":0,"timesUs":[1,2],"channels":{"force":[1]}}"""), QuarantineReason.InvalidSchema, "force"),
        (Good, Utf8("""{"epoch":1,"sequence":0,"timesUs":[1],"channels":{"force":[NaN]}}"""), QuarantineReason.MalformedJson, "payload"),
        (Good, Utf8("""{"epoch":-1,"sequence":0,"timesUs":[1],"channels":{"force":[1]}}"""), QuarantineReason.InvalidSequence, "epoch -1"),
        (Good, Utf8("""{"epoch":1,"sequence":0,"timesUs":[1],"channels":{"kraft ü":[1]}}""")[..^8], QuarantineReason.InvalidUtf8, "0xC3"),
        (Good, [.. Enumerable.Repeat((byte)' ', SamplePayload.PayloadBytesMax + 1)], QuarantineReason.TooLarge, "1048577 bytes"),
        (SampleTopic.Prefix + "load/line-1/machine-99" + SampleTopic.Suffix, Batch(0, NowUs, "1"), QuarantineReason.UnknownMachine, "machine-99"),
        (SampleTopic.Prefix + "load/Line 1/machine-00" + SampleTopic.Suffix, Batch(0, NowUs, "1"), QuarantineReason.InvalidTopic, "Line 1"),
    ];

    private static readonly (byte[] Payload, QuarantineReason Reason, int Samples, string Says)[] Parts =
    [
        (Batch(0, NowUs, "1e999"), QuarantineReason.NotFinite, 1, "force"),
        (Batch(1, NowUs + 10_000, "-1e999"), QuarantineReason.NotFinite, 1, "force"),
        (Batch(2, NowUs + 20_000, "5e12"), QuarantineReason.OutOfRange, 1, "kN"),
        (Batch(3, NowUs - (3 * HourUs), "1"), QuarantineReason.ClockSkew, 1, "clock"),
        (Batch(4, NowUs + (3 * HourUs), "1"), QuarantineReason.ClockSkew, 1, "clock"),
        (Utf8($$$"""{"epoch":1,"sequence":5,"timesUs":[{{{NowUs + 50_000}}},{{{NowUs + 51_000}}}],"channels":{"colour":[1,2]}}"""), QuarantineReason.UnknownChannel, 2, "colour"),
        (Utf8($$$"""{"epoch":1,"sequence":6,"timesUs":[{{{NowUs + 60_000}}},{{{NowUs + 60_000}}}],"channels":{"force":[1,2]}}"""), QuarantineReason.RepeatedTime, 1, "once"),
    ];

    [Fact]
    public async Task Every_bad_message_and_sample_has_a_record_on_the_topic_and_in_the_table_and_the_counts_balance()
    {
        using var folder = new TemporaryFolder();
        await using var silo = new SiloProcess(folder.Path, output);
        await silo.StartAsync();
        var (host, client) = await silo.ConnectAsync();
        using (host)
        {
            await client.GetGrain<ISiteGrain>("load").Apply(LoadPlant.Declaration(1, clockSkewMax: TimeSpan.FromMinutes(30)));
            using var mqtt = await LoadPlant.ConnectAsync(silo.MqttPort, "bad-day", CancellationToken.None);
            var told = await QuarantineAsync(mqtt);

            foreach (var (topic, payload, _, _) in Whole)
            {
                await PublishAsync(mqtt, topic, payload);
            }

            foreach (var (payload, _, _, _) in Parts)
            {
                await PublishAsync(mqtt, Good, payload);
            }

            // Out of order, and each of them twice, on either side of a gap that is filled last.
            long[] sequences = [9, 7, 9, 11, 7, 8, 8, 10, 11, 10];
            foreach (var sequence in sequences)
            {
                await PublishAsync(mqtt, Good, Batch(sequence, NowUs + (sequence * 10_000), "1"));
            }

            // The topic: every record, in order.
            var expected = Whole.Select(one => (one.Reason, one.Says)).Concat(Parts.Select(one => (one.Reason, one.Says))).ToList();
            await Wait.UntilAsync(() => told.Count >= expected.Count);
            Assert.Equal(expected.Count, told.Count);
            Assert.All(expected.Zip(told), pair => Assert.True(
                pair.Second.Reason == pair.First.Reason.ToString() && pair.Second.Detail.Contains(pair.First.Says, StringComparison.Ordinal),
                $"expected {pair.First}, found {pair.Second}"));

            // The table: the same.
            var kept = await silo.QuarantineAsync();
            Assert.Equal(expected.Select(one => one.Reason), kept.Select(one => one.Reason));
            Assert.Equal(told.Select(one => one.Detail), kept.Select(one => one.Detail));
            Assert.Equal(Whole.Select(one => one.Topic), kept.Take(Whole.Length).Select(one => one.Topic));
            Assert.Equal(Whole.Select(one => one.Payload.Length), kept.Take(Whole.Length).Select(one => one.PayloadBytes));
            Assert.Equal(Parts.Select(one => one.Samples), kept.Skip(Whole.Length).Select(one => one.Samples));

            // The counts: received = accepted + duplicate + quarantined, and the samples of accepted batches likewise.
            var distinct = sequences.Distinct().Count();
            var counts = await silo.MetricsAsync("itwin_ingest_messages_total", "itwin_outcome");
            Assert.Equal(Parts.Length + distinct, counts["accepted"]);
            Assert.Equal(sequences.Length - distinct, counts["duplicate"]);
            Assert.Equal(Whole.Length, counts["quarantined"]);
            Assert.Equal(Whole.Length + Parts.Length + sequences.Length, counts.Values.Sum());
            var snapshot = await client.GetGrain<IMachineGrain>(LoadPlant.Machine(0).Value).GetSnapshot();
            Assert.Equal(Parts.Length + distinct, snapshot.Counts.BatchesAccepted);
            Assert.Equal(Parts.Sum(one => one.Samples), snapshot.Counts.SamplesQuarantined);
            Assert.Equal(distinct + 1, snapshot.Counts.SamplesAccepted);
            Assert.Equal(0, snapshot.Counts.SequenceGaps);
            Assert.Equal(Parts.Length + distinct, await silo.CountAsync("SELECT batches FROM total"));

            await host.StopAsync();
        }

        Assert.Equal(0, await silo.StopAsync());
        Assert.DoesNotContain("ERROR", silo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_packet_over_the_limit_ends_its_connection_and_nobody_elses()
    {
        using var folder = new TemporaryFolder();
        await using var silo = new SiloProcess(folder.Path, output, ("Mqtt__PacketBytesMax", "65536"));
        await silo.StartAsync();
        using var other = await LoadPlant.ConnectAsync(silo.MqttPort, "well-behaved", CancellationToken.None);
        using (var mqtt = await LoadPlant.ConnectAsync(silo.MqttPort, "huge", CancellationToken.None))
        {
            await Assert.ThrowsAnyAsync<Exception>(() => PublishAsync(mqtt, Good, new byte[65_600]));
            await Wait.UntilAsync(() => !mqtt.IsConnected);
        }

        await PublishAsync(other, Good, Utf8("no JSON"));
        Assert.Equal(QuarantineReason.MalformedJson, Assert.Single(await silo.QuarantineAsync()).Reason);
    }

    [Theory]
    [InlineData("site: plant\nmachineTypes: &types\n  pump: *types\nlines: []\n", "the alias '*types'")]
    [InlineData("site: plant\ntitle: One\nsite: other\nlines: []\n", "found the key 'site' again")]
    [InlineData("site: plant\nlines: [", "plant.yaml")]
    [InlineData(null, "plant.yaml")]
    public async Task A_plant_file_with_an_error_is_named_with_its_place_and_the_silo_goes_on(string? yaml, string says)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "plant.yaml");
        if (yaml is not null)
        {
            await File.WriteAllTextAsync(file, yaml);
        }

        await using var silo = new SiloProcess(folder.Path, output, ("Plant__File", file));
        await silo.StartAsync();
        await Wait.UntilAsync(() => silo.Output.Contains("ERROR", StringComparison.Ordinal));
        Assert.Contains(silo.Output.Split('\n'), line => line.Contains("ERROR", StringComparison.Ordinal)
            && line.Contains("plant.yaml", StringComparison.Ordinal) && line.Contains(says, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", silo.Output, StringComparison.Ordinal);
        Assert.Equal(0, await silo.StopAsync());
    }

    private static async Task PublishAsync(IMqttClient mqtt, string topic, byte[] payload)
    {
        var result = await mqtt.PublishAsync(new MqttApplicationMessageBuilder()
            .WithTopic(topic).WithPayload(payload).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build());
        Assert.True(result.IsSuccess, $"{topic}: {result.ReasonCode} {result.ReasonString}");
    }

    private static async Task<IReadOnlyCollection<ToldRecord>> QuarantineAsync(IMqttClient mqtt)
    {
        var told = new System.Collections.Concurrent.ConcurrentQueue<ToldRecord>();
        mqtt.ApplicationMessageReceivedAsync += message =>
        {
            told.Enqueue(JsonSerializer.Deserialize<ToldRecord>(message.ApplicationMessage.ConvertPayloadToString(), JsonSerializerOptions.Web)!);
            return Task.CompletedTask;
        };
        await mqtt.SubscribeAsync(SampleTopic.QuarantineFilter, MqttQualityOfServiceLevel.AtLeastOnce);
        return told;
    }

    private static byte[] Batch(long sequence, long timeUs, string value) =>
        Utf8($$$"""{"epoch":1,"sequence":{{{sequence}}},"timesUs":[{{{timeUs}}}],"channels":{"force":[{{{value}}}]}}""");

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private sealed record ToldRecord(string Reason, string Detail, string? Topic);
}
