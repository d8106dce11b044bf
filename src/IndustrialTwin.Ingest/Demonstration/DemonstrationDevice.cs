using System.Diagnostics;
using System.Threading.Channels;
using IndustrialTwin.Samples;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Protocol;

namespace IndustrialTwin.Demonstration;

/// <summary>
/// One simulated machine as the device it would be: a connection of its own, every batch kept until it is acknowledged, in order and
/// without a gap in its sequence. Its epoch is the time of its start, milliseconds since 1970-01-01 UTC.
/// </summary>
internal sealed partial class DemonstrationDevice(
    DemonstrationMachine machine,
    Func<MqttClientOptionsBuilder> connection,
    int backlogMax,
    TimeProvider time,
    ILogger logger)
{
    private static readonly TimeSpan RetryDelayMin = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RetryDelayMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AcknowledgementTimeout = TimeSpan.FromSeconds(30);

    private readonly Channel<byte[]> _backlog = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(backlogMax) { SingleReader = true, SingleWriter = true });

    internal async Task RunAsync(CancellationToken stopping)
    {
        var measuring = Task.Run(() => MeasureAsync(stopping), CancellationToken.None);
        var publishing = Task.Run(() => PublishAsync(stopping), CancellationToken.None);
        await Task.WhenAll(measuring, publishing).ConfigureAwait(false);
    }

    private async Task MeasureAsync(CancellationToken stopping)
    {
        var epoch = time.GetUtcNow().ToUnixTimeMilliseconds();
        var startUs = epoch * 1_000;
        for (var sequence = 0L; ; sequence++)
        {
            var columns = machine.Advance(startUs);
            startUs += (long)machine.BatchDuration.TotalMicroseconds;
            var wait = TimeSpan.FromMicroseconds(startUs - NowUs());
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, stopping).ConfigureAwait(false);
            }

            var batch = new SampleBatch(machine.Machine, SampleBatch.DefaultSource, epoch, sequence, columns);
            await _backlog.Writer.WriteAsync(SamplePayload.Write(batch), stopping).ConfigureAwait(false);

            // After a pause (the backlog was full, the computer slept) the machine goes on from now: times have a gap, the sequence none.
            if (NowUs() - startUs > 5 * machine.BatchDuration.TotalMicroseconds)
            {
                startUs = NowUs();
            }
        }
    }

    private async Task PublishAsync(CancellationToken stopping)
    {
        var delay = RetryDelayMin;
        var told = false;
        while (true)
        {
            try
            {
                using var client = new MqttClientFactory().CreateMqttClient();
                var connected = await client.ConnectAsync(
                    connection().WithClientId($"demonstration-{machine.Machine.Value.Replace('/', '-')}").Build(), stopping).ConfigureAwait(false);
                if (connected.ResultCode != MqttClientConnectResultCode.Success)
                {
                    throw new InvalidOperationException($"the broker refused the connection: {connected.ResultCode}");
                }

                while (await _backlog.Reader.WaitToReadAsync(stopping).ConfigureAwait(false))
                {
                    while (_backlog.Reader.TryPeek(out var payload))
                    {
                        await PublishAsync(client, payload, stopping).ConfigureAwait(false);
                        _backlog.Reader.TryRead(out _);
                        delay = RetryDelayMin;
                        told = false;
                    }
                }

                throw new UnreachableException("The backlog never completes.");
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested)
            {
                if (!told)
                {
                    LogUnacknowledged(machine.Machine.Value, fault.Message);
                    told = true;
                }
            }

            await Task.Delay(delay, time, stopping).ConfigureAwait(false);
            delay = delay * 2 < RetryDelayMax ? delay * 2 : RetryDelayMax;
        }
    }

    private async Task PublishAsync(IMqttClient client, byte[] payload, CancellationToken stopping)
    {
        var message = new MqttApplicationMessage
        {
            Topic = SampleTopic.Of(machine.Machine),
            PayloadSegment = payload,
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            ContentType = SamplePayload.ContentType,
        };
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        timeout.CancelAfter(AcknowledgementTimeout);
        var answer = await client.PublishAsync(message, timeout.Token).ConfigureAwait(false);
        if (!answer.IsSuccess)
        {
            throw new InvalidOperationException($"{answer.ReasonCode} {answer.ReasonString}");
        }
    }

    private long NowUs() => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    [LoggerMessage(1, LogLevel.Warning, "Demonstration machine {Machine} keeps its batches, since the broker does not take them: {Detail}")]
    private partial void LogUnacknowledged(string machine, string detail);
}
