using System.Collections.Concurrent;
using System.Diagnostics;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Mqtt;

public sealed class TraceTests : IDisposable
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string SpanId = "b7ad6b7169203331";

    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;
    private readonly string _machine = $"press-{Guid.NewGuid():N}";

    public TraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "IndustrialTwin.Ingest",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem("messaging.destination.name") is string topic && topic.Contains(_machine, StringComparison.Ordinal))
                {
                    _ended.Enqueue(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_sampled_message_gets_a_consumer_span_below_its_sender_and_above_its_twin()
    {
        await using var host = await IngestHost.StartAsync();
        await PublishAsync(host, 0, $"00-{TraceId}-{SpanId}-01");
        var span = Assert.Single(_ended);
        Assert.Equal((ActivityKind.Consumer, TraceId, SpanId), (span.Kind, span.TraceId.ToHexString(), span.ParentSpanId.ToHexString()));
        Assert.Equal("itwin/v1/{site}/{line}/{machine}/samples process", span.DisplayName);
        Assert.Equal("mqtt", span.GetTagItem("messaging.system"));
        Assert.Equal($"itwin/v1/wuhan/line-3/{_machine}/samples", span.GetTagItem("messaging.destination.name"));
        Assert.Equal("Accepted", span.GetTagItem("itwin.outcome"));
        Assert.Equal(span.Id, Assert.Single(host.Twins.Committed).TraceParent);
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
        Assert.IsType<double>(span.GetTagItem("itwin.samples.age_ms"));
        Assert.InRange((double)span.GetTagItem("itwin.room.wait_ms")!, 0, IngestHost.Patience.TotalMilliseconds);
    }

    [Fact]
    public async Task Unsampled_messages_carry_no_activity()
    {
        await using var host = await IngestHost.StartAsync(null, ("SlowAfter", "00:01:00")); // Slow ones are traced.
        await PublishAsync(host, 0, null);
        await PublishAsync(host, 1, $"00-{TraceId}-{SpanId}-00");
        await PublishAsync(host, 2, "no trace context");
        Assert.Empty(_ended);
        Assert.All(host.Twins.Committed, batch => Assert.Null(batch.TraceParent));
        Assert.Equal(3, host.Twins.Committed.Count);
    }

    [Fact]
    public async Task A_share_of_the_messages_without_a_context_is_traced()
    {
        await using var host = await IngestHost.StartAsync(null, ("TraceRatio", "1"));
        await PublishAsync(host, 0, null);
        Assert.Equal(Assert.Single(_ended).Id, Assert.Single(host.Twins.Committed).TraceParent);
    }

    [Fact]
    public async Task A_refused_a_quarantined_and_a_slow_message_get_their_span_afterwards()
    {
        await using var host = await IngestHost.StartAsync(null, ("SlowAfter", "00:00:00.05"));
        host.Twins.IsAvailable = () => false;
        await PublishAsync(host, 0, $"00-{TraceId}-{SpanId}-00");
        host.Twins.IsAvailable = () => true;
        using var client = await host.ConnectAsync();
        await client.PublishAsync(IngestHost.Message($"itwin/v1/wuhan/line-3/{_machine}/samples", "{"u8.ToArray()), IngestHost.Deadline);
        host.Twins.CommitTime = _ => TimeSpan.FromMilliseconds(80);
        await PublishAsync(host, 0, null);
        var spans = _ended.ToArray();
        Assert.Equal(["Refused", "Quarantined", "Accepted"], spans.Select(span => span.GetTagItem("itwin.outcome")));
        Assert.Equal((TraceId, SpanId), (spans[0].TraceId.ToHexString(), spans[0].ParentSpanId.ToHexString()));
        Assert.Equal([ActivityStatusCode.Error, ActivityStatusCode.Error, ActivityStatusCode.Unset], spans.Select(span => span.Status));
        Assert.Equal("MalformedJson", spans[1].GetTagItem("error.type"));
        Assert.InRange(spans[2].Duration, TimeSpan.FromMilliseconds(70), IngestHost.Patience);
        Assert.Null(Assert.Single(host.Twins.Committed).TraceParent);
    }

    private async Task PublishAsync(IngestHost host, long sequence, string? traceParent)
    {
        using var client = await host.ConnectAsync();
        var message = IngestHost.Message(IngestHost.Batch(_machine, sequence));
        if (traceParent is not null)
        {
            message.UserProperties = [new(SampleTopic.TraceParentProperty, System.Text.Encoding.UTF8.GetBytes(traceParent))];
        }

        await client.PublishAsync(message, IngestHost.Deadline);
    }
}
