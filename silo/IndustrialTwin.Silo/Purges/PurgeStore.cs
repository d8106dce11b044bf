using System.Data.Common;
using System.Text;
using IndustrialTwin.Hosting;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;
using IndustrialTwin.Starting;
using Orleans.Storage;

namespace IndustrialTwin.Purges;

/// <summary>
/// A store that a retired machine is taken out of, a few rows a transaction. It works under a claim on the machine, like a twin: what a
/// twin that is still awake would write is refused from then on, and where one claims the machine meanwhile, it is claimed again. What
/// stays is the machine's key with its fence, so that no number is given out twice, and an empty state of the twin, so that none that
/// read nothing can store a first one.
/// </summary>
internal abstract class PurgeStore(DbConnection connection, MachineKey machine, string serviceId) : IAsyncDisposable
{
    /// <summary>Rows that one transaction takes out at most, where nothing else is said.</summary>
    public const int RowsAtOnce = 256;

    private static readonly OrleansDefaultHasher Hasher = new();

    private readonly LoggedDeclarations _declarations = new();
    private long _id, _fence;

    private int _rowsAtOnce = RowsAtOnce;
    private Action<HistoryCounts> _removed = _ => { };

    protected DbConnection Connection { get; } = connection;

    /// <summary>What keeps a row from others until the transaction ends.</summary>
    protected abstract string Lock { get; }

    /// <summary>Adds to the totals: batches, samples, quarantine records and their samples.</summary>
    protected abstract string Count { get; }

    /// <summary>How many reminders the twin has, and what removes them; null where there is no such table.</summary>
    protected abstract string? Reminders { get; }

    /// <summary>Opens the store that the settings name.</summary>
    /// <param name="storage">Where it is.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="serviceId">The service that twins' states belong to.</param>
    /// <param name="isToRead">Whether it is only looked at.</param>
    /// <param name="rowsAtOnce">Rows that one transaction takes out at most.</param>
    /// <param name="removed">Hears, after each commit, what it took out.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StartException">Somebody else uses it in a way that forbids this.</exception>
    public static async Task<PurgeStore> OpenAsync(
        StorageOptions storage, MachineKey machine, string serviceId, bool isToRead, int rowsAtOnce, Action<HistoryCounts> removed, CancellationToken cancellationToken)
    {
        PurgeStore store = storage.Engine == StorageEngine.Sqlite
            ? new SqlitePurgeStore(SqlitePurgeStore.Open(storage, isToRead), machine, serviceId)
            : new PostgresPurgeStore(await PostgresPurgeStore.OpenAsync(storage, isToRead, cancellationToken), machine, serviceId);
        (store._rowsAtOnce, store._removed) = (rowsAtOnce, removed);
        return store;
    }

    /// <summary>What there is of the machine, or null where the store has never heard of it.</summary>
    public async Task<HistoryCounts?> CountAsync(CancellationToken cancellationToken)
    {
        const string Machine = "(SELECT id FROM machine WHERE key = @p0)";
        await using var command = Command(
            $"""
            SELECT
                (SELECT count(*) FROM machine WHERE key = @p0),
                (SELECT count(*) FROM entry WHERE machine = {Machine} AND kind = 0),
                (SELECT coalesce(sum(samples), 0) FROM entry WHERE machine = {Machine} AND kind = 0),
                (SELECT count(*) FROM entry WHERE machine = {Machine} AND kind <> 0),
                (SELECT count(*) FROM block WHERE feature IN (SELECT id FROM feature WHERE machine = {Machine})),
                (SELECT count(*) FROM quarantine WHERE machine = @p0),
                (SELECT coalesce(sum(samples), 0) FROM quarantine WHERE machine = @p0),
                (SELECT count(*) FROM OrleansStorage WHERE GrainIdHash = @p1 AND GrainIdExtensionString = @p0 AND PayloadBinary IS NOT NULL),
                {(Reminders is { } reminders ? $"(SELECT count(*) {reminders})" : "0")}
            """,
            machine.Value, HashOfKey);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var found = new HistoryCounts(Number(reader, 1), Number(reader, 2), Number(reader, 3), Number(reader, 4), Number(reader, 5), Number(reader, 6), Number(reader, 7), Number(reader, 8));
        return Number(reader, 0) == 0 && found == new HistoryCounts() ? null : found;
    }

    /// <summary>Whether the log says that the machine is declared.</summary>
    public async Task<bool> IsDeclaredAsync(CancellationToken cancellationToken) => (await DeclarationsAsync(cancellationToken)).IsDeclared;

    /// <summary>Takes out all that there is of the machine. Cut off at any moment, it can be run again, and ends what was begun.</summary>
    /// <exception cref="StartException">The machine is declared.</exception>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        await ClaimAsync(cancellationToken);
        do
        {
            await SweepAsync(MachineRows.Quarantine, machine.Value, cancellationToken);
            foreach (var feature in await FeaturesAsync(cancellationToken))
            {
                await SweepAsync(MachineRows.Blocks, feature, cancellationToken);
            }

            await SweepAsync(MachineRows.Entries, _id, cancellationToken);
        }
        while (!await ClaimedAsync(EndAsync, cancellationToken)); // Else somebody wrote meanwhile, under a claim of their own.
    }

    /// <summary>Has the engine give up what the rows took, as far as it does so by itself; answers what it says of it, or null.</summary>
    public abstract Task<string?> ScrubAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _declarations.Dispose();
        await Connection.DisposeAsync();
    }

    /// <summary>A statement with its parameters, named <c>@p0</c>, <c>@p1</c>, …; nothing but this class' own text is in it.</summary>
    protected DbCommand Command(string statement, params ReadOnlySpan<object> values)
    {
        var command = Connection.CreateCommand();
#pragma warning disable CA2100
        command.CommandText = statement;
#pragma warning restore CA2100
        for (var index = 0; index < values.Length; index++)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ($"p{index}", values[index]);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    protected async Task<int> RunAsync(string statement, object[] values, CancellationToken cancellationToken)
    {
        await using var command = Command(statement, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>As the actor runtime's storage makes it: of the key's UTF-8, backwards.</summary>
    private int HashOfKey => Hasher.Hash([.. Encoding.UTF8.GetBytes(machine.Value).Reverse()]);

    private static long Number(DbDataReader reader, int column) => Convert.ToInt64(reader.GetValue(column), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>
    /// Claims the machine, and takes away what a twin would wake up by: first its states, then its declarations, in transactions one after
    /// the other since on SQLite they are two files. Without either a twin neither claims the machine nor reads its log.
    /// </summary>
    private async Task ClaimAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var removed = new HistoryCounts();
            await using (var transaction = await Connection.BeginTransactionAsync(cancellationToken))
            {
                await using (var claim = Command(
                    "INSERT INTO machine (key, fence) VALUES (@p0, 1) ON CONFLICT (key) DO UPDATE SET fence = machine.fence + 1 RETURNING id, fence", machine.Value))
                await using (var reader = await claim.ExecuteReaderAsync(cancellationToken))
                {
                    await reader.ReadAsync(cancellationToken);
                    (_id, _fence) = (Number(reader, 0), Number(reader, 1));
                }

                if (await IsDeclaredAsync(cancellationToken))
                {
                    throw Declared(machine);
                }

                removed = await EmptyStatesAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }

            _removed(removed);
            await using (var transaction = await Connection.BeginTransactionAsync(cancellationToken))
            {
                if (await FenceAsync(cancellationToken) == _fence)
                {
                    var positions = (await DeclarationsAsync(cancellationToken)).Positions;
                    foreach (var position in positions)
                    {
                        await RunAsync("DELETE FROM entry WHERE position = @p0", [position], cancellationToken);
                    }

                    await transaction.CommitAsync(cancellationToken);
                    _removed(new HistoryCounts(Events: positions.Count));
                    return;
                }
            }
        }
    }

    /// <summary>Runs work in a transaction, with the machine's row locked and nobody's claim later than ours.</summary>
    private async Task<T> ClaimedAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        while (true)
        {
            await using (var transaction = await Connection.BeginTransactionAsync(cancellationToken))
            {
                if (await FenceAsync(cancellationToken) == _fence)
                {
                    var result = await work(cancellationToken);
                    await transaction.CommitAsync(cancellationToken);
                    return result;
                }
            }

            await ClaimAsync(cancellationToken);
        }
    }

    private async Task SweepAsync(MachineRows rows, object owner, CancellationToken cancellationToken)
    {
        for (long? from = long.MinValue; from is { } first;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (from, var removed) = await ClaimedAsync(token => TakeAsync(rows, owner, first, token), cancellationToken);
            if (from is not null)
            {
                _removed(removed);
            }
        }
    }

    /// <summary>Takes some out, and answers where to go on from, or null where there were none.</summary>
    private async Task<(long? From, HistoryCounts Removed)> TakeAsync(MachineRows rows, object owner, long from, CancellationToken cancellationToken)
    {
        var (next, all, samplesOfBatches, batches, samples) = ((long?)null, 0L, 0L, 0L, 0L);
        await using (var command = Command(rows.Delete, owner, from, (long)_rowsAtOnce))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                next = Math.Max(next ?? from, Number(reader, 0));
                var isBatch = Number(reader, 1) == (long)LogEntryKind.Samples;
                (all, samples) = (all + 1, samples + Number(reader, 2));
                (batches, samplesOfBatches) = isBatch ? (batches + 1, samplesOfBatches + Number(reader, 2)) : (batches, samplesOfBatches);
            }
        }

        var removed = rows == MachineRows.Entries ? new HistoryCounts(batches, samplesOfBatches, all - batches)
            : rows == MachineRows.Quarantine ? new HistoryCounts(QuarantineRecords: all, QuarantinedSamples: samples)
            : new HistoryCounts(Blocks: all);
        if (removed.Batches > 0 || removed.QuarantineRecords > 0)
        {
            await RunAsync(Count, [-removed.Batches, -removed.Samples, -removed.QuarantineRecords, -removed.QuarantinedSamples], cancellationToken);
        }

        return (next, removed);
    }

    /// <summary>Whether nothing is left; if so, nothing says any more what the machine computed or how it sent.</summary>
    private async Task<bool> EndAsync(CancellationToken cancellationToken)
    {
        await using (var left = Command(
            """
            SELECT count(*) WHERE EXISTS (SELECT 1 FROM entry WHERE machine = @p0)
                OR EXISTS (SELECT 1 FROM block WHERE feature IN (SELECT id FROM feature WHERE machine = @p0))
            """,
            _id))
        {
            if (Convert.ToInt64(await left.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture) > 0)
            {
                return false;
            }
        }

        await RunAsync("DELETE FROM feature WHERE machine = @p0", [_id], cancellationToken);
        await RunAsync("UPDATE machine SET span_us = 0 WHERE id = @p0", [_id], cancellationToken);
        return true;
    }

    private async Task<HistoryCounts> EmptyStatesAsync(CancellationToken cancellationToken)
    {
        const string Type = "machine";

        // First the one that would be missing: of two first writers the runtime's storage refuses the second.
        await RunAsync(
            """
            INSERT INTO OrleansStorage (GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, GrainIdExtensionString, ServiceId, PayloadBinary, ModifiedOn, Version)
            VALUES (@p0, 0, 0, @p1, @p2, @p3, @p4, NULL, CURRENT_TIMESTAMP, 1) ON CONFLICT DO NOTHING
            """,
            [HashOfKey, Hasher.Hash(Encoding.UTF8.GetBytes(Type)), Type, machine.Value, serviceId], cancellationToken);
        var states = await RunAsync(
            """
            UPDATE OrleansStorage SET PayloadBinary = NULL, ModifiedOn = CURRENT_TIMESTAMP, Version = Version + 1
            WHERE GrainIdHash = @p0 AND GrainIdExtensionString = @p1 AND PayloadBinary IS NOT NULL
            """,
            [HashOfKey, machine.Value], cancellationToken);
        var reminders = Reminders is { } those ? await RunAsync($"DELETE {those}", [machine.Value], cancellationToken) : 0;
        return new HistoryCounts(Checkpoints: states, Reminders: reminders);
    }

    private async Task<(bool IsDeclared, IReadOnlyList<long> Positions)> DeclarationsAsync(CancellationToken cancellationToken)
    {
        var events = new List<(long, byte[])>();
        await using var command = Command(
            "SELECT position, payload FROM entry WHERE machine = (SELECT id FROM machine WHERE key = @p0) AND source = '' AND kind = 1 ORDER BY position", machine.Value);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            events.Add((reader.GetInt64(0), (byte[])reader[1]));
        }

        return _declarations.Read(events);
    }

    private async Task<List<object>> FeaturesAsync(CancellationToken cancellationToken)
    {
        var features = new List<object>();
        await using var command = Command("SELECT id FROM feature WHERE machine = @p0", _id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            features.Add(Number(reader, 0));
        }

        return features;
    }

    private async Task<long> FenceAsync(CancellationToken cancellationToken)
    {
        await using var command = Command($"SELECT fence FROM machine WHERE id = @p0 {Lock}", _id);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Why a machine that is declared stays.</summary>
    public static StartException Declared(MachineKey machine) => new(
        $"{machine} is declared, and only what was retired can be purged. Take it out of its plant file, apply the file ('itwin apply'), and purge it then.");
}
