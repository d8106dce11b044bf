using IndustrialTwin.Machines;
using IndustrialTwin.Sites;
using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>What an SRE sees: one trace from the message to the alarm, as real OTLP.</summary>
public sealed class TraceTests(ITestOutputHelper output)
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";

    [Fact]
    public async Task One_trace_runs_from_the_message_through_twin_queue_and_launch_to_the_alarm()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        using var folder = new TemporaryFolder();
        await using var silo = new SiloProcess(folder.Path, output,
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Endpoint),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_BSP_SCHEDULE_DELAY", "200"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "500"));
        await silo.StartAsync();
        var (host, client) = await silo.ConnectAsync();
        using (host)
        {
            await client.GetGrain<ISiteGrain>("load").Apply(LoadPlant.Declaration(2));
            using var mqtt = await LoadPlant.ConnectAsync(silo.MqttPort, "tracer", CancellationToken.None);

            // Six batches fill all but four rows of a window; the traced one completes it, beyond the alarm's limit.
            for (var sequence = 0; sequence < 6; sequence++)
            {
                Assert.True((await mqtt.PublishAsync(LoadPlant.Message(LoadPlant.Batch(LoadPlant.Machine(0), sequence)))).IsSuccess);
            }

            var traced = LoadPlant.Message(LoadPlant.Batch(LoadPlant.Machine(0), 6, offset: 2e9), $"00-{TraceId}-00f067aa0ba902b7-01");
            Assert.True((await mqtt.PublishAsync(traced)).IsSuccess);
            var spans = await SpansAsync(collector, "alarm raised");

            var message = Assert.Single(spans, span => span.ParentSpanId == "00f067aa0ba902b7");
            Assert.Equal("itwin/v1/{site}/{line}/{machine}/samples process", message.Name);
            var observe = Assert.Single(spans, span => span.Name == "machine observe");
            Assert.Equal(message.SpanId, observe.ParentSpanId);
            var analyse = Assert.Single(spans, span => span.Name == "machine analyse");
            Assert.Equal(observe.SpanId, analyse.ParentSpanId);
            Assert.Equal(analyse.SpanId, Assert.Single(spans, span => span.Name == "device.queue").ParentSpanId);
            var launch = Assert.Single(spans, span => span.Name == "device.launch");
            Assert.Equal(analyse.SpanId, launch.ParentSpanId);
            Assert.Contains(analyse.SpanId, launch.LinkedSpanIds);
            Assert.Equal(analyse.SpanId, Assert.Single(spans, span => span.Name == "alarm raised").ParentSpanId);

            Assert.Equal(MachineHealth.Critical, (await client.GetGrain<IMachineGrain>(LoadPlant.Machine(0).Value).GetSnapshot()).Summary.Health);
            await Wait.UntilAsync(() => collector.MetricRequests > 0 && collector.LogRequests > 0);
            await host.StopAsync();
        }
    }

    private static async Task<List<ReceivedSpan>> SpansAsync(OtlpReceiver collector, string last)
    {
        List<ReceivedSpan> Spans() => [.. collector.Spans.Where(span => span.TraceId == TraceId)];
        await Wait.UntilAsync(() => Spans().Any(span => span.Name == last) && Spans().Any(span => span.Name == "machine analyse"));
        return Spans();
    }
}
