using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace IndustrialTwin.Samples;

/// <summary>What the ingest measures: the instruments of the meter, and the same counts to be read in the process.</summary>
internal sealed class IngestInstruments : IDisposable
{
    internal const string Name = "IndustrialTwin.Ingest";

    private static readonly KeyValuePair<string, object?>[] Outcomes =
        [.. Enum.GetNames<IntakeOutcome>().Select(name => KeyValuePair.Create("itwin.outcome", (object?)name.ToLowerInvariant()))];

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _messages;
    private readonly Counter<long> _samples;
    private readonly Counter<long> _payloadBytes;
    private readonly Counter<long> _unpublished;
    private readonly Histogram<double> _acknowledgement;
    private readonly long[] _settled = new long[Outcomes.Length];
    private long _received;
    private long _bytes;
    private long _samplesAccepted;
    private long _samplesQuarantined;

    public IngestInstruments()
    {
        _messages = _meter.CreateCounter<long>("itwin.ingest.messages", "{message}", "Messages by what became of them.");
        _samples = _meter.CreateCounter<long>("itwin.ingest.samples", "{sample}", "Samples of accepted messages by what became of them.");
        _payloadBytes = _meter.CreateCounter<long>("itwin.ingest.payload", "By", "Payload bytes received.");
        _unpublished = _meter.CreateCounter<long>(
            "itwin.ingest.quarantine.unpublished", "{message}", "Quarantine records that are kept but could not be told to subscribers.");
        Refusals = _meter.CreateCounter<long>("itwin.mqtt.refusals", "{refusal}", "What clients of the embedded broker were not allowed.");
        Delayed = _meter.CreateCounter<long>("itwin.mqtt.delayed", "{message}", "Messages of clients that send more than they may, which were waited for.");
        _acknowledgement = _meter.CreateHistogram<double>(
            "itwin.ingest.acknowledgement.duration",
            "s",
            "From a message's arrival to its acknowledgement.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
            });
        _meter.CreateObservableUpDownCounter("itwin.ingest.in_flight", () => Read().InFlight, "{message}", "Messages being taken.");
    }

    internal static ActivitySource Activities { get; } = new(Name);

    /// <summary>What clients of the embedded broker were not allowed. It is refused before it is received.</summary>
    internal Counter<long> Refusals { get; }

    /// <summary>Messages that were read later than they came.</summary>
    internal Counter<long> Delayed { get; }

    internal void Received(int payloadBytes)
    {
        Interlocked.Increment(ref _received);
        Interlocked.Add(ref _bytes, payloadBytes);
        _payloadBytes.Add(payloadBytes);
    }

    internal void Settled(IntakeOutcome outcome)
    {
        Interlocked.Increment(ref _settled[(int)outcome]);
        _messages.Add(1, Outcomes[(int)outcome]);
    }

    internal void Samples(int accepted, int quarantined)
    {
        Interlocked.Add(ref _samplesAccepted, accepted);
        Interlocked.Add(ref _samplesQuarantined, quarantined);
        _samples.Add(accepted, Outcomes[(int)IntakeOutcome.Accepted]);
        if (quarantined > 0)
        {
            _samples.Add(quarantined, Outcomes[(int)IntakeOutcome.Quarantined]);
        }
    }

    internal void Acknowledged(TimeSpan duration) => _acknowledgement.Record(duration.TotalSeconds);

    internal void Unpublished() => _unpublished.Add(1);

    internal IngestSnapshot Read()
    {
        // Outcomes before arrivals: what settles in between then shows as in flight, never as less than none.
        var accepted = Interlocked.Read(ref _settled[(int)IntakeOutcome.Accepted]);
        var duplicate = Interlocked.Read(ref _settled[(int)IntakeOutcome.Duplicate]);
        var quarantined = Interlocked.Read(ref _settled[(int)IntakeOutcome.Quarantined]);
        var refused = Interlocked.Read(ref _settled[(int)IntakeOutcome.Refused]);
        var samplesAccepted = Interlocked.Read(ref _samplesAccepted);
        var samplesQuarantined = Interlocked.Read(ref _samplesQuarantined);
        var received = Interlocked.Read(ref _received);
        return new IngestSnapshot(
            received,
            accepted,
            duplicate,
            quarantined,
            refused,
            received - accepted - duplicate - quarantined - refused,
            samplesAccepted,
            samplesQuarantined,
            Interlocked.Read(ref _bytes));
    }

    public void Dispose() => _meter.Dispose();
}
