using System.Collections.Concurrent;
using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples.Postgres;
using IndustrialTwin.Samples.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Samples;

/// <summary>An engine that tells how large the groups were, and that can be held up before a commit.</summary>
internal sealed class CountingStore(SampleLogOptions options) : ILogStore
{
    private readonly ILogStore _store = options.Engine == SampleLogEngine.Sqlite
        ? new SqliteLogStore(options.SqlitePath, options.SqliteBytesMax)
        : new PostgresLogStore(options.ConnectionString);

    public ConcurrentQueue<int> Groups { get; } = new();

    /// <summary>Commits wait for it where it is set.</summary>
    public Task? Gate { get; set; }

    public string System => _store.System;

    public SampleLog Open()
    {
        MigrateAsync(default).GetAwaiter().GetResult();
        return new SampleLog(this, Options.Create(options), NullLogger<SampleLog>.Instance);
    }

    public Task MigrateAsync(CancellationToken cancellationToken) => _store.MigrateAsync(cancellationToken);

    public async Task CommitAsync(IReadOnlyList<LogWrite> group, CancellationToken cancellationToken)
    {
        if (Gate is { } gate)
        {
            await gate.WaitAsync(cancellationToken);
        }

        Groups.Enqueue(group.Count);
        await _store.CommitAsync(group, cancellationToken);
    }

    public bool IsUnavailable(Exception fault) => _store.IsUnavailable(fault);

    public Task<IReadOnlyList<LoggedEntry>> ReadEntriesAsync(MachineKey machine, long afterPosition, int entriesMax, CancellationToken cancellationToken) =>
        _store.ReadEntriesAsync(machine, afterPosition, entriesMax, cancellationToken);

    public Task<IReadOnlyList<LoggedEntry>> ReadEventsAsync(MachineKey machine, long afterPosition, CancellationToken cancellationToken) =>
        _store.ReadEventsAsync(machine, afterPosition, cancellationToken);

    public IAsyncEnumerable<TimedPayload> ReadBatchesAsync(MachineKey machine, long fromUs, long toUs, CancellationToken cancellationToken) =>
        _store.ReadBatchesAsync(machine, fromUs, toUs, cancellationToken);

    public IAsyncEnumerable<TimedPayload> ReadBlocksAsync(MachineKey machine, string feature, long fromUs, long toUs, CancellationToken cancellationToken) =>
        _store.ReadBlocksAsync(machine, feature, fromUs, toUs, cancellationToken);

    public Task<IReadOnlyList<QuarantineRecord>> ReadQuarantineAsync(MachineKey? machine, int recordsMax, CancellationToken cancellationToken) =>
        _store.ReadQuarantineAsync(machine, recordsMax, cancellationToken);

    public Task<LogTotals> ReadTotalsAsync(CancellationToken cancellationToken) => _store.ReadTotalsAsync(cancellationToken);

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
