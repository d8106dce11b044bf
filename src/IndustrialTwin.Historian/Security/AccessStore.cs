using System.Data.Common;
using IndustrialTwin.Identities;
using IndustrialTwin.Tenants;

namespace IndustrialTwin.Security;

/// <summary>Keeps access keys, tenants, sessions, ended passes and what was computed.</summary>
/// <param name="database">Where.</param>
/// <param name="clock">For which ended passes are past their time.</param>
public sealed class AccessStore(SecurityDatabase database, TimeProvider clock) : IAccessStore
{
    private const string SessionColumns = "id, holder, name, role, scopes, tenant, way, begun_us, place, agent, used_us, ends_us, until_us";

    /// <inheritdoc/>
    public async ValueTask<AccessState> ReadAsync(CancellationToken cancellationToken = default) => await database.ReadAsync(
        async connection => new AccessState(
            await KeysAsync(connection, cancellationToken).ConfigureAwait(false),
            await TenantsAsync(connection, cancellationToken).ConfigureAwait(false),
            await EndedAsync(connection, cancellationToken).ConfigureAwait(false)),
        cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask AddKeyAsync(StoredKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        var known = key.Key;
        await WriteAsync(
            "INSERT INTO access_key (id, name, role, scope, tenant, created_us, expires_us, salt, hash) VALUES (@p0, @p1, @p2, @p3, @p4, @p5, CAST(@p6 AS bigint), @p7, @p8)",
            [known.Id, known.Name, (long)known.Role, known.Scope, known.Tenant, known.CreatedUs, known.ExpiresUs, key.Salt, key.Hash],
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> RevokeKeyAsync(string id, long nowUs, CancellationToken cancellationToken = default)
    {
        var isRevoked = await WriteAsync("UPDATE access_key SET revoked_us = @p1 WHERE id = @p0 AND revoked_us IS NULL", [id, nowUs], cancellationToken).ConfigureAwait(false) > 0;
        await WriteAsync("DELETE FROM session WHERE holder = @p0 AND way = @p1", [id, (long)SignInWay.Key], cancellationToken).ConfigureAwait(false);
        return isRevoked;
    }

    /// <inheritdoc/>
    public async ValueTask SetTenantAsync(Tenant tenant, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        await WriteAsync(
            """
            INSERT INTO tenant (name, sites, samples_per_second, compute_seconds_per_day, machines)
            VALUES (@p0, @p1, CAST(@p2 AS double precision), CAST(@p3 AS double precision), CAST(@p4 AS bigint))
            ON CONFLICT (name) DO UPDATE SET sites = excluded.sites, samples_per_second = excluded.samples_per_second,
                compute_seconds_per_day = excluded.compute_seconds_per_day, machines = excluded.machines
            """,
            [tenant.Name, string.Join(' ', tenant.Sites), tenant.SamplesPerSecond, tenant.ComputeSecondsPerDay, (long?)tenant.Machines],
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask EndPassAsync(string id, long untilUs, CancellationToken cancellationToken = default)
    {
        await WriteAsync("DELETE FROM ended_pass WHERE until_us < @p0", [NowUs()], cancellationToken).ConfigureAwait(false);
        await WriteAsync("INSERT INTO ended_pass (id, until_us) VALUES (@p0, @p1) ON CONFLICT (id) DO NOTHING", [id, untilUs], cancellationToken).ConfigureAwait(false);
        await WriteAsync("DELETE FROM session WHERE id = @p0", [id], cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask AddSessionAsync(SessionSnapshot session, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        await WriteAsync("DELETE FROM session WHERE ends_us < @p0 OR until_us < @p0", [NowUs()], cancellationToken).ConfigureAwait(false);
        await WriteAsync(
            $"INSERT INTO session ({SessionColumns}) VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12)",
            [
                session.Id, session.Holder, session.Name, (long)session.Role, string.Join(' ', session.Scopes), session.Tenant, (long)session.Way, session.BegunUs, session.From, session.Agent,
                session.UsedUs, session.EndsUs, session.UntilUs,
            ],
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SessionSnapshot>> ReadSessionsAsync(CancellationToken cancellationToken = default) => await database.ReadAsync(
        connection => RowsAsync(
            SecurityDatabase.Command(connection, $"SELECT {SessionColumns} FROM session WHERE ends_us >= @p0 AND until_us >= @p0 ORDER BY begun_us DESC, id", NowUs()),
            row => new SessionSnapshot(
                row.GetString(0), row.GetString(1), row.GetString(2), (Role)row.GetInt64(3), row.GetString(4).Split(' ', StringSplitOptions.RemoveEmptyEntries), row[5] as string,
                (SignInWay)row.GetInt64(6), row.GetInt64(7), row.GetString(8), row.GetString(9), row.GetInt64(10), row.GetInt64(11), row.GetInt64(12)),
            cancellationToken),
        cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask UseSessionsAsync(IReadOnlyList<(string Id, long UsedUs, long? EndsUs)> uses, CancellationToken cancellationToken = default) => await database.WriteAsync(
        connection =>
        {
            foreach (var (id, usedUs, endsUs) in uses)
            {
                SecurityDatabase.Run(connection, "UPDATE session SET used_us = @p1 WHERE id = @p0 AND used_us < @p1", id, usedUs);
                if (endsUs is { } ends)
                {
                    SecurityDatabase.Run(connection, "UPDATE session SET ends_us = @p1 WHERE id = @p0 AND ends_us < @p1", id, ends);
                }
            }

            return Task.FromResult(true);
        },
        cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask AddUsageAsync(IReadOnlyList<ComputeUsage> usage, CancellationToken cancellationToken = default) => await database.WriteAsync(
        connection =>
        {
            foreach (var one in usage)
            {
                SecurityDatabase.Run(
                    connection, "INSERT INTO compute_usage (site, at_us, requests, compute_us) VALUES (@p0, @p1, @p2, @p3)", one.Site, one.AtUs, one.Requests, one.ComputeUs);
            }

            return Task.FromResult(true);
        },
        cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<(long Requests, long ComputeUs)> ReadComputeAsync(string site, long fromUs, long toUs, CancellationToken cancellationToken = default) =>
        await database.ReadAsync(
            async connection =>
            {
                using var command = SecurityDatabase.Command(
                    connection,
                    "SELECT CAST(coalesce(sum(requests), 0) AS bigint), CAST(coalesce(sum(compute_us), 0) AS bigint) FROM compute_usage WHERE site = @p0 AND at_us >= @p1 AND at_us < @p2",
                    site, fromUs, toUs);
                using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                return (reader.GetInt64(0), reader.GetInt64(1));
            },
            cancellationToken).ConfigureAwait(false);

    private Task<int> WriteAsync(string statement, object?[] values, CancellationToken cancellationToken) => database.WriteAsync(
        async connection =>
        {
            using var command = SecurityDatabase.Command(connection, statement, values);
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    private static Task<List<StoredKey>> KeysAsync(DbConnection connection, CancellationToken cancellationToken) => RowsAsync(
        SecurityDatabase.Command(connection, "SELECT id, name, role, scope, tenant, created_us, expires_us, revoked_us, salt, hash FROM access_key ORDER BY id"),
        row => new StoredKey(
            new AccessKey(row.GetString(0), row.GetString(1), (Role)row.GetInt64(2), row.GetString(3), row[4] as string, row.GetInt64(5), row[6] as long?, row[7] as long?),
            (byte[])row[8],
            (byte[])row[9]),
        cancellationToken);

    private static Task<List<Tenant>> TenantsAsync(DbConnection connection, CancellationToken cancellationToken) => RowsAsync(
        SecurityDatabase.Command(connection, "SELECT name, sites, samples_per_second, compute_seconds_per_day, machines FROM tenant ORDER BY name"),
        row => new Tenant(
            row.GetString(0), row.GetString(1).Split(' ', StringSplitOptions.RemoveEmptyEntries), row[2] as double?, row[3] as double?, (int?)(row[4] as long?)),
        cancellationToken);

    private Task<List<string>> EndedAsync(DbConnection connection, CancellationToken cancellationToken) =>
        RowsAsync(SecurityDatabase.Command(connection, "SELECT id FROM ended_pass WHERE until_us >= @p0", NowUs()), row => row.GetString(0), cancellationToken);

    private static async Task<List<T>> RowsAsync<T>(DbCommand query, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        using (query)
        {
            using var reader = await query.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                rows.Add(read(reader));
            }

            return rows;
        }
    }

    private long NowUs() => (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
