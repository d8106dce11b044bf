using System.Diagnostics;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Samples;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace IndustrialTwin.Replay;

/// <summary>
/// Sends recordings over MQTT, each message until it is acknowledged, so many in flight and no more. All recordings start at once,
/// each at its own first row.
/// </summary>
/// <param name="client">A connected client.</param>
/// <param name="inFlightMax">Messages sent and not acknowledged at one time.</param>
/// <param name="speed">Recorded time over real time; null for as fast as acknowledged.</param>
/// <param name="patience">How long a refused message is offered again.</param>
internal sealed class ReplaySender(IMqttClient client, int inFlightMax, double? speed, TimeSpan patience)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>What a broker of ours says of a message that no twin could take; it is acknowledged all the same.</summary>
    private const string Quarantined = "quarantined";

    /// <summary>Sends everything and returns when everything is acknowledged.</summary>
    /// <param name="recordings">What to send.</param>
    /// <param name="acknowledged">Hears of every acknowledged message's rows, from any thread.</param>
    /// <param name="cancellationToken">Ends it; what was acknowledged is durable.</param>
    /// <exception cref="CommandFault">The broker is gone, refuses, or a twin could not take a message.</exception>
    public async Task SendAsync(IReadOnlyList<Recording> recordings, Action<int> acknowledged, CancellationToken cancellationToken)
    {
        var order =
            from recording in recordings
            from sequence in Enumerable.Range(0, recording.Batches)
            let due = recording.CompleteAfter(sequence)
            orderby due
            select (recording, sequence, due);
        using var room = new SemaphoreSlim(inFlightMax, inFlightMax);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (started, inFlight, failed) = (Stopwatch.GetTimestamp(), new HashSet<Task>(), (Exception?)null);
        try
        {
            foreach (var (recording, sequence, due) in order)
            {
                if (speed is { } factor && (due / factor) - Stopwatch.GetElapsedTime(started) is { Ticks: > 0 } early)
                {
                    await Task.Delay(early, stop.Token);
                }

                await room.WaitAsync(stop.Token);
                inFlight.RemoveWhere(task => task.IsCompleted);
                inFlight.Add(DeliverAsync(recording, sequence));
            }

            await Task.WhenAll(inFlight);
        }
        catch (OperationCanceledException) when (failed is not null)
        {
            // Told below.
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(inFlight).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (failed is not null)
        {
            throw failed is CommandFault ? failed : new CommandFault(
                $"The connection to the MQTT broker was lost ({failed.Message.TrimEnd('.')}). Run the same command again: what was acknowledged counts once.",
                ExitCode.Unreachable,
                failed);
        }

        async Task DeliverAsync(Recording recording, int sequence)
        {
            try
            {
                await PublishAsync(recording.Batch(sequence), recording.Name, stop.Token);
                acknowledged(recording.RowsIn(sequence));
            }
            catch (Exception fault) when (!stop.IsCancellationRequested)
            {
                failed = fault;
                await stop.CancelAsync();
                throw new OperationCanceledException("Another message ended the replay.", fault);
            }
            finally
            {
                room.Release();
            }
        }
    }

    private async Task PublishAsync(SampleBatch batch, string name, CancellationToken cancellationToken)
    {
        var message = new MqttApplicationMessageBuilder()
            .WithTopic(SampleTopic.Of(batch.Machine))
            .WithContentType(SamplePayload.ContentType)
            .WithPayload(SamplePayload.Write(batch))
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .Build();
        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            MqttClientPublishResult result;
            try
            {
                result = await client.PublishAsync(message, cancellationToken);
            }
            catch (MqttCommunicationTimedOutException fault)
            {
                throw new CommandFault(
                    $"{name}: batch {batch.Sequence} was not acknowledged within {patience.TotalSeconds:0.#} s. "
                    + "Look at the silo's log, or allow longer with --timeout.",
                    ExitCode.Unreachable,
                    fault);
            }

            if (result.ReasonString?.StartsWith(Quarantined, StringComparison.Ordinal) is true)
            {
                throw new CommandFault($"{name}: batch {batch.Sequence} was {result.ReasonString}", ExitCode.Refused);
            }

            if (result.ReasonCode == MqttClientPublishReasonCode.NoMatchingSubscribers)
            {
                throw new CommandFault(
                    $"{name}: nobody subscribes to '{message.Topic}' at this broker. Start a silo that uses it, or name another with --mqtt host:port.",
                    ExitCode.Unreachable);
            }

            if (result.IsSuccess)
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(began) > patience)
            {
                throw new CommandFault(
                    $"{name}: batch {batch.Sequence} was refused for {patience.TotalSeconds:0.#} s, last with {result.ReasonCode} ({result.ReasonString}).",
                    ExitCode.Unreachable);
            }

            await Task.Delay(RetryDelay, cancellationToken);
        }
    }
}
