using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Certificates;

/// <summary>Counts connections that were refused and tells of them, at most so many lines at a time: who floods a port must not fill the disk.</summary>
public sealed partial class TlsRefusals
{
    private readonly Counter<long> _counter;
    private readonly ILogger _logger;
    private readonly LineLimit _limit;
    private long _count;

    internal TlsRefusals(Meter meter, TimeProvider time, ILogger logger)
    {
        (_logger, _limit) = (logger, new LineLimit(time));
        _counter = meter.CreateCounter<long>("itwin.tls.refusals", "{connection}", "Connections refused before anything was read from them.");
    }

    /// <summary>Connections refused since the start.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Counts a refusal and tells of it.</summary>
    /// <param name="port">Which of the process' ports, in words.</param>
    /// <param name="remote">Who asked.</param>
    /// <param name="reason">Why not, as the end of a sentence.</param>
    public void Add(string port, object? remote, string reason)
    {
        Interlocked.Increment(ref _count);
        _counter.Add(1, KeyValuePair.Create("itwin.port", (object?)port));
        if (_limit.TryTake(out var more))
        {
            LogRefused(remote, port, reason, more);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Refused {Remote} at the {Port} port: {Reason}{More}")]
    private partial void LogRefused(object? remote, string port, string reason, string more);
}
