using System.Diagnostics.Metrics;
using IndustrialTwin.Hosting;
using IndustrialTwin.Samples;
using IndustrialTwin.Security;

namespace IndustrialTwin.Audit;

/// <summary>
/// How much room is left for the audit log: on SQLite what its file's disk has, on PostgreSQL what the database is below what it may
/// take. It is read every minute, and told of once where it gets low.
/// </summary>
internal sealed partial class AuditRoom(StorageOptions storage, SecurityDatabase database, TimeProvider clock, ILogger<AuditRoom> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Meter _meter = new("IndustrialTwin.Security");
    private long _left = -1;
    private bool _isTold;

    /// <summary>Bytes that are left, or null where that is not known.</summary>
    public long? Left => Interlocked.Read(ref _left) is >= 0 and var left ? left : null;

    /// <summary>Whether it can be known.</summary>
    public bool IsKnowable => storage.Engine == StorageEngine.Sqlite || storage.DatabaseBytesMax is not null;

    /// <summary>Fewer are too few.</summary>
    public long LeastBytes => storage.AuditRoomMin;

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (IsKnowable)
        {
            await ReadAsync(cancellationToken);
            _meter.CreateObservableGauge("itwin.audit.room", () => Math.Max(0, Interlocked.Read(ref _left)), "By", "Bytes left for the audit log.");
            await base.StartAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    /// <summary>Reads it.</summary>
    internal async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var left = storage.Engine == StorageEngine.Sqlite
                ? new DriveInfo(Path.GetFullPath(storage.Path)).AvailableFreeSpace
                : Math.Max(0, storage.DatabaseBytesMax!.Value - await database.SizeAsync(cancellationToken));
            Interlocked.Exchange(ref _left, left);
            if (left < storage.AuditRoomMin && !_isTold)
            {
                LogLow(left, storage.AuditRoomMin);
            }

            _isTold = left < storage.AuditRoomMin;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or LogUnavailableException)
        {
            LogUnread(fault.Message);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.NextAsync(stoppingToken))
        {
            await ReadAsync(stoppingToken);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Left} bytes are left for the audit log, fewer than Storage:AuditRoomMin = {Least}; make room, or what must be recorded will be refused")]
    private partial void LogLow(long left, long least);

    [LoggerMessage(2, LogLevel.Warning, "How much room is left for the audit log cannot be read now: {Detail}")]
    private partial void LogUnread(string detail);
}
