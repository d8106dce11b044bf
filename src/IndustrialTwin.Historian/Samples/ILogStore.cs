using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;

namespace IndustrialTwin.Samples;

/// <summary>What an engine does for the log. Writes come from one owner, one group at a time; reads from anywhere.</summary>
internal interface ILogStore : IAsyncDisposable
{
    /// <summary>The engine's name, as in OpenTelemetry's <c>db.system.name</c>.</summary>
    string System { get; }

    /// <summary>Brings the schema up to date.</summary>
    Task MigrateAsync(CancellationToken cancellationToken);

    /// <summary>Writes a group in one transaction and leaves each write's result in it. Throws where nothing was committed.</summary>
    Task CommitAsync(IReadOnlyList<LogWrite> group, CancellationToken cancellationToken);

    /// <summary>Whether a failure is the database's and not the data's: another try of a part would fail the same way.</summary>
    bool IsUnavailable(Exception fault);

    /// <summary>Entries of a machine after a position, in order, at most so many.</summary>
    Task<IReadOnlyList<LoggedEntry>> ReadEntriesAsync(MachineKey machine, long afterPosition, int entriesMax, CancellationToken cancellationToken);

    /// <summary>Events of a machine after a position, in order: all of them, as they are few.</summary>
    Task<IReadOnlyList<LoggedEntry>> ReadEventsAsync(MachineKey machine, long afterPosition, CancellationToken cancellationToken);

    /// <summary>Sample batches of a machine that overlap a stretch of time, ordered by their first time.</summary>
    IAsyncEnumerable<TimedPayload> ReadBatchesAsync(MachineKey machine, long fromUs, long toUs, CancellationToken cancellationToken);

    /// <summary>Blocks of a feature that overlap a stretch of time, ordered by their first time.</summary>
    IAsyncEnumerable<TimedPayload> ReadBlocksAsync(MachineKey machine, string feature, long fromUs, long toUs, CancellationToken cancellationToken);

    Task<IReadOnlyList<QuarantineRecord>> ReadQuarantineAsync(MachineKey? machine, int recordsMax, CancellationToken cancellationToken);

    Task<LogTotals> ReadTotalsAsync(CancellationToken cancellationToken);
}

/// <summary>An encoded batch or block with its first time and its place in the log.</summary>
internal readonly record struct TimedPayload(long FirstUs, long Position, byte[] Payload);
