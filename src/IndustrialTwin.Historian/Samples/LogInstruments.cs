using System.Diagnostics.Metrics;

namespace IndustrialTwin.Samples;

/// <summary>What the log's writer tells OpenTelemetry.</summary>
internal sealed class LogInstruments : IDisposable
{
    private readonly Meter _meter = new("IndustrialTwin.Historian");
    private readonly KeyValuePair<string, object?> _system;
    private readonly Counter<long> _writes, _failures, _refusals;
    private readonly Histogram<int> _group;
    private readonly Histogram<double> _duration;

    public LogInstruments(string system, Func<int> queued)
    {
        _system = new("db.system.name", system);
        _writes = _meter.CreateCounter<long>("itwin.log.writes", "{write}", "Writes committed.");
        _failures = _meter.CreateCounter<long>("itwin.log.failures", "{commit}", "Groups that could not be committed.");
        _refusals = _meter.CreateCounter<long>("itwin.log.refusals", "{write}", "Writes refused because the queue was full.");
        _group = _meter.CreateHistogram<int>(
            "itwin.log.group.size",
            "{write}",
            "Writes in one commit.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] });
        _duration = _meter.CreateHistogram<double>(
            "itwin.log.commit.duration",
            "s",
            "How long a commit took.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
            });
        _meter.CreateObservableGauge("itwin.log.queue.length", queued, "{write}", "Writes that wait for their commit.");
    }

    public void Committed(int writes, TimeSpan took)
    {
        _writes.Add(writes, _system);
        _group.Record(writes, _system);
        _duration.Record(took.TotalSeconds, _system);
    }

    public void Failed() => _failures.Add(1, _system);

    public void Refused() => _refusals.Add(1, _system);

    public void Dispose() => _meter.Dispose();
}
