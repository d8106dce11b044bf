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
        _group = _meter.CreateHistogram<int>("itwin.log.group.size", "{write}", "Writes in one commit.");
        _duration = _meter.CreateHistogram<double>("itwin.log.commit.duration", "s", "How long a commit took.");
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
