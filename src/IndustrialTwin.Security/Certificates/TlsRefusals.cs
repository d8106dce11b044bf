using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Certificates;

/// <summary>Counts connections that were refused and tells of them, at most so many lines at a time: who floods a port must not fill the disk.</summary>
public sealed partial class TlsRefusals
{
    private const int LinesMax = 20;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Counter<long> _counter;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private long _began;
    private int _lines;
    private long _unlogged;
    private long _count;

    internal TlsRefusals(Meter meter, TimeProvider time, ILogger logger)
    {
        (_time, _logger) = (time, logger);
        _counter = meter.CreateCounter<long>("itwin.tls.refusals", "{connection}", "Connections refused before anything was read from them.");
        _began = time.GetTimestamp();
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
        long unlogged;
        lock (_lock)
        {
            if (_time.GetElapsedTime(_began) > Interval)
            {
                (_began, _lines) = (_time.GetTimestamp(), 0);
            }

            if (++_lines > LinesMax)
            {
                _unlogged++;
                return;
            }

            (unlogged, _unlogged) = (_unlogged, 0);
        }

        LogRefused(remote, port, reason);
        if (unlogged > 0)
        {
            LogUnlogged(unlogged);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Refused {Remote} at the {Port} port: {Reason}")]
    private partial void LogRefused(object? remote, string port, string reason);

    [LoggerMessage(2, LogLevel.Warning, "{Count} more refused connections were not told of one by one")]
    private partial void LogUnlogged(long count);
}
