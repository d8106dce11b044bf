using System.Globalization;
using System.Text.RegularExpressions;
using IndustrialTwin.Machines;
using IndustrialTwin.Sites;
using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>What an SRE sees, as real OTLP: one trace from the message to the alarm, and what <c>docs/trace.md</c> says of it.</summary>
public sealed class TraceTests(ITestOutputHelper output)
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string SenderSpanId = "00f067aa0ba902b7";
    private const int StepsToTheLog = 6;

    [Fact]
    public void The_life_of_a_sample_names_files_and_members_that_exist()
    {
        var steps = LifeOfASample.Read();
        Assert.Equal(Enumerable.Range(1, steps.Count), steps.Select(step => step.Number));
        Assert.All(steps, step =>
        {
            var path = Path.Combine(SiloProcess.Root, step.File);
            Assert.True(File.Exists(path), $"step {step.Number}: there is no {step.File}");
            Assert.True(
                Regex.IsMatch(File.ReadAllText(path), $@"^    (public|private|internal)[^;=]*\b{step.Member}(<[^(]*>)?\(", RegexOptions.Multiline),
                $"step {step.Number}: {step.File} declares no {step.Member}");
        });
        Assert.Equal(StepsToTheLog, steps.Take(StepsToTheLog).Select(step => step.File).Distinct().Count());
        Assert.Equal(
            ["IMachineGrain.Observe", "IWorkQueueGrain.Submit"],
            steps.SelectMany(step => Regex.Matches(step.Text, @"Calls `([\w.]+)`").Select(call => call.Groups[1].Value)));
    }

    [Fact]
    public async Task One_trace_runs_from_the_message_through_twin_queue_and_launch_to_the_alarm()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        using var folder = new TemporaryFolder();
        await using var silo = await StartAsync(folder, collector);
        var (host, client) = await silo.ConnectAsync();
        using (host)
        {
            await client.GetGrain<ISiteGrain>("load").Apply(LoadPlant.Declaration(1));
            using var mqtt = await LoadPlant.ConnectAsync(silo.MqttPort, "tracer", CancellationToken.None);

            // Six batches fill all but four rows of a window; the traced one completes it, beyond the alarm's limit.
            for (var sequence = 0; sequence < 6; sequence++)
            {
                Assert.True((await mqtt.PublishAsync(LoadPlant.Message(LoadPlant.Batch(LoadPlant.Machine(0), sequence)))).IsSuccess);
            }

            var traced = LoadPlant.Message(LoadPlant.Batch(LoadPlant.Machine(0), 6, offset: 2e9), $"00-{TraceId}-{SenderSpanId}-01");
            Assert.True((await mqtt.PublishAsync(traced)).IsSuccess);
            List<ReceivedSpan> Spans() => [.. collector.Spans.Where(span => span.TraceId == TraceId).OrderBy(span => span.StartNs)];
            var steps = LifeOfASample.Read().Select(step => step.Span).OfType<string>().ToList();
            await Wait.UntilAsync(() => Spans().Count >= steps.Count);

            // In the order of the document, none missing and none besides.
            var spans = Spans();
            Assert.Equal(steps, spans.Select(span => span.Name));
            var (message, observe, analyse, wait, queue, launch, alarm) = (spans[0], spans[1], spans[2], spans[3], spans[4], spans[5], spans[6]);
            Assert.Equal(SenderSpanId, message.ParentSpanId);
            Assert.Equal(message.SpanId, observe.ParentSpanId);
            Assert.Equal(observe.SpanId, analyse.ParentSpanId);
            Assert.All([wait, queue, launch, alarm], span => Assert.Equal(analyse.SpanId, span.ParentSpanId));
            Assert.Equal([analyse.SpanId], launch.LinkedSpanIds);

            // Class and deadline ride all the way into the launch.
            Assert.All([wait, queue, launch], span => Assert.Equal("monitor", span.Tags["itwin.class"]));
            Assert.True(DateTimeOffset.Parse(wait.Tags["itwin.deadline"], CultureInfo.InvariantCulture) > DateTimeOffset.UtcNow.AddMinutes(-5));
            Assert.All([queue, launch], span => Assert.Equal(wait.Tags["itwin.deadline"], span.Tags["itwin.deadline"]));
            Assert.Equal("overload", alarm.Tags["itwin.alarm"]);
            Assert.Equal(LoadPlant.Machine(0).Value, analyse.Tags["itwin.machine"]);

            Assert.Equal(MachineHealth.Critical, (await client.GetGrain<IMachineGrain>(LoadPlant.Machine(0).Value).GetSnapshot()).Summary.Health);
            await Wait.UntilAsync(() => collector.Logs.Any(line => line.Contains("ALARM overload", StringComparison.Ordinal)));
            Assert.Single(collector.Logs, line => line.Contains("ALARM overload", StringComparison.Ordinal));
            await Wait.UntilAsync(() => collector.Metrics.IsSupersetOf(
                ["itwin.ingest.messages", "itwin.ingest.acknowledgement.duration", "itwin.machine.batches", "itwin.machine.alarms.raised", "itwin.device.launch.duration"]));
            await host.StopAsync();
        }
    }

    [Fact]
    public async Task A_launch_links_to_every_request_that_it_served()
    {
        const int Machines = 8, Windows = 4, Batches = (Windows * 64 / LoadPlant.RowsPerBatch) + 1;
        await using var collector = await OtlpReceiver.StartAsync();
        using var folder = new TemporaryFolder();
        await using var silo = await StartAsync(folder, collector);
        var (host, client) = await silo.ConnectAsync();
        using (host)
        {
            await client.GetGrain<ISiteGrain>("load").Apply(LoadPlant.Declaration(Machines));
            await host.StopAsync();
        }

        using var mqtt = await LoadPlant.ConnectAsync(silo.MqttPort, "tracer", CancellationToken.None);
        await Task.WhenAll(
            from number in Enumerable.Range(0, Machines)
            from sequence in Enumerable.Range(0, Batches)
            let trace = Convert.ToHexStringLower(Guid.NewGuid().ToByteArray())
            select mqtt.PublishAsync(LoadPlant.Message(LoadPlant.Batch(LoadPlant.Machine(number), sequence), $"00-{trace}-{SenderSpanId}-01")));

        // A request may hold several windows, and a launch several requests; every window is in one launch.
        List<ReceivedSpan> Launches() => [.. collector.Spans.Where(span => span.Name == "device.launch")];
        await Wait.UntilAsync(() => Launches().Sum(launch => int.Parse(launch.Tags["windows"], null)) >= Machines * Windows);
        var launches = Launches();
        Assert.Equal(Machines * Windows, launches.Sum(launch => int.Parse(launch.Tags["windows"], null)));
        Assert.All(launches, launch => Assert.Equal(int.Parse(launch.Tags["jobs"], null), launch.LinkedSpanIds.Count));
        var requests = collector.Spans.Where(span => span.Name == "device.queue").Select(span => span.ParentSpanId).Order().ToList();
        Assert.Equal(requests, launches.SelectMany(launch => launch.LinkedSpanIds).Order());
        output.WriteLine($"{launches.Count} launches served {requests.Count} requests");
    }

    private async Task<SiloProcess> StartAsync(TemporaryFolder folder, OtlpReceiver collector)
    {
        var silo = new SiloProcess(folder.Path, output,
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Endpoint),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_BSP_SCHEDULE_DELAY", "200"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "500"));
        await silo.StartAsync();
        return silo;
    }
}
