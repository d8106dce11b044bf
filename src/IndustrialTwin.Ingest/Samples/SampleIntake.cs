using System.Diagnostics;
using IndustrialTwin.Certificates;
using IndustrialTwin.Identities;
using IndustrialTwin.Machines;
using IndustrialTwin.Mqtt;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Tenants;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Samples;

/// <summary>
/// The way of a message from its bytes to a durable outcome: decoded, given to its twin, or put in quarantine. Answers only after
/// the commit. Decoding and the call to the twin begin before the first suspension, so calls in order reach a twin in order.
/// </summary>
internal sealed partial class SampleIntake(
    ISampleObserver observer,
    IQuarantine quarantine,
    IngestInstruments instruments,
    TimeProvider time,
    IOptions<MqttOptions> options,
    ILogger<SampleIntake> logger)
{
    private static readonly TimeSpan RefusalLogInterval = TimeSpan.FromSeconds(10);

    private readonly MqttOptions _options = options.Value;
    private readonly LineLimit _repeats = new(time);
    private long _refusalsUnlogged;
    private long _refusalLogged;

    internal async Task<IntakeReply> TakeAsync(IntakeMessage message, CancellationToken cancellationToken)
    {
        instruments.Received(message.Payload.Length);
        var trace = IntakeTrace.Begin(message, _options.TraceRatio, _options.SlowAfter, time.GetUtcNow(), time.GetElapsedTime(message.Received));
        IntakeReply reply;
        try
        {
            reply = await SettleAsync(message, trace, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever went wrong, nothing is known to be committed: the sender must keep the message.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            reply = Refuse(message.Topic, fault);
        }

        instruments.Settled(reply.Outcome);
        trace.End(message, reply, time.GetElapsedTime(message.Received), time.GetUtcNow());
        return reply;
    }

    /// <summary>Counts the acknowledgement of a message that is on its way to the sender.</summary>
    internal void Acknowledged(in IntakeMessage message) => instruments.Acknowledged(time.GetElapsedTime(message.Received));

    private async Task<IntakeReply> SettleAsync(IntakeMessage message, IntakeTrace trace, CancellationToken cancellationToken)
    {
        if (!SampleTopic.TryParse(message.Topic, out var machine))
        {
            var detail = $"Topic '{message.Topic}': expected the form '{SampleTopic.Prefix}{{site}}/{{line}}/{{machine}}{SampleTopic.Suffix}'.";
            return await KeepAsync(message, null, QuarantineReason.InvalidTopic, detail, 0, cancellationToken).ConfigureAwait(false);
        }

        var read = SamplePayload.Read(machine, message.Payload.Span, trace.TraceParent);
        if (!read.IsGood)
        {
            return await KeepAsync(message, machine, read.Reason.Value, read.Detail, 0, cancellationToken).ConfigureAwait(false);
        }

        var batch = read.Batch with { ReceivedUs = ReceivedUs(message) };
        trace.Decoded(batch);
        var reply = await observer.ObserveAsync(batch, cancellationToken).WaitAsync(_options.ObserveTimeout, time, cancellationToken).ConfigureAwait(false);
        switch (reply.Outcome)
        {
            case ObserveOutcome.Accepted:
                instruments.Samples(reply.SamplesAccepted, reply.SamplesQuarantined);
                return reply.Quarantined is { } bad
                    ? new IntakeReply(IntakeOutcome.Accepted, BadSamples: Array.ConvertAll(bad, record => record with { Topic = message.Topic }))
                    : IntakeReply.Accepted;
            case ObserveOutcome.Duplicate:
                if (_repeats.TryTake(out var more))
                {
                    LogRepeated(message.ClientId, message.Topic, read.Batch.Epoch, read.Batch.Sequence, more);
                }

                return IntakeReply.Duplicate;
            case ObserveOutcome.Rejected:
                return await KeepAsync(
                    message,
                    machine,
                    reply.Reason ?? QuarantineReason.InvalidSchema,
                    reply.Detail ?? $"Machine {machine}: the twin gave no detail.",
                    read.Batch.SampleCount,
                    cancellationToken).ConfigureAwait(false);
            default:
                throw new UnreachableException($"Machine {machine}: unknown outcome {reply.Outcome}.");
        }
    }

    private async Task<IntakeReply> KeepAsync(
        IntakeMessage message, MachineKey? machine, QuarantineReason reason, string detail, int samples, CancellationToken cancellationToken)
    {
        var kept = message.Payload.Span[..Math.Min(message.Payload.Length, QuarantineRecord.PayloadBytesMax)].ToArray();
        var record = new QuarantineRecord(
            ReceivedUs(message), machine?.Value, message.Topic, reason, detail, kept, samples, message.Payload.Length);
        await quarantine.KeepAsync(record, cancellationToken).AsTask().WaitAsync(_options.ObserveTimeout, time, cancellationToken).ConfigureAwait(false);
        LogQuarantined(reason, detail);
        return new IntakeReply(IntakeOutcome.Quarantined, record);
    }

    private long ReceivedUs(in IntakeMessage message) =>
        (time.GetUtcNow() - time.GetElapsedTime(message.Received) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private IntakeReply Refuse(string topic, Exception fault)
    {
        var detail = fault switch
        {
            TimeoutException => $"no commit within {_options.ObserveTimeout.TotalSeconds:0.#} s",
            OperationCanceledException => "the connection or the ingest ended first",
            _ => fault.Message,
        };
        Interlocked.Increment(ref _refusalsUnlogged);
        var last = Interlocked.Read(ref _refusalLogged);
        if ((last == 0 || time.GetElapsedTime(last) > RefusalLogInterval)
            && Interlocked.CompareExchange(ref _refusalLogged, time.GetTimestamp(), last) == last)
        {
            LogRefused(Interlocked.Exchange(ref _refusalsUnlogged, 0), topic, detail, fault is LogUnavailableException or AccessDeniedException or QuotaExceededException ? null : fault);
        }

        return new IntakeReply(IntakeOutcome.Refused, Detail: detail)
        {
            Refusal = fault switch
            {
                AccessDeniedException => IntakeRefusal.NotAuthorized,
                QuotaExceededException => IntakeRefusal.QuotaExceeded,
                _ => IntakeRefusal.Trouble,
            },
        };
    }

    [LoggerMessage(1, LogLevel.Warning, "Refused {Count} messages since the last such line; the newest on {Topic}: {Detail}")]
    private partial void LogRefused(long count, string topic, string detail, Exception? fault);

    [LoggerMessage(2, LogLevel.Debug, "Put a message in quarantine as {Reason}: {Detail}")]
    private partial void LogQuarantined(QuarantineReason reason, string detail);

    [LoggerMessage(3, LogLevel.Information, "MQTT client '{ClientId}' sent on '{Topic}' what is committed already, epoch {Epoch} sequence {Sequence}: it repeated itself, or somebody else did{More}")]
    private partial void LogRepeated(string? clientId, string topic, long epoch, long sequence, string more);
}
