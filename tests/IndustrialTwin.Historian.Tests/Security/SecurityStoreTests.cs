using IndustrialTwin.Audit;
using IndustrialTwin.Identities;
using IndustrialTwin.Samples;
using IndustrialTwin.Tenants;
using Microsoft.Extensions.Options;
using Xunit;

namespace IndustrialTwin.Security;

/// <summary>The audit log, keys, tenants and the meter, on both engines.</summary>
public class SecurityStoreTests
{
    private static readonly byte[] ClusterKey = [.. Enumerable.Range(0, 32).Select(number => (byte)number)];

    public static TheoryData<SampleLogEngine> Engines => LogDatabase.Engines;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_audit_log_is_one_chain_whoever_writes_and_cannot_be_changed(SampleLogEngine engine)
    {
        await using var database = await LogDatabase.CreateAsync(engine);
        await using var first = await OpenAsync(database);
        await using var second = await OpenAsync(database);
        var (one, other) = (new AuditLog(first, [ClusterKey]), new AuditLog(second, [ClusterKey]));
        await Task.WhenAll(Enumerable.Range(0, 30).Select(number =>
            (number % 2 == 0 ? one : other).AppendAsync(new AuditEvent(number, "who", "what", "where", AuditOutcome.Denied, $"détail {number}", number % 3 == 0 ? null : "tenant"), Cancelled).AsTask()));
        var verdict = await other.VerifyAsync(null, Cancelled);
        Assert.Equal((30, null), (verdict.Records, verdict.Fault));
        Assert.Equal(30, (await one.ReadAsync(1, 100, Cancelled)).Select(record => record.Event.Detail).Distinct().Count());
        Assert.Equal([5L, 6L], (await one.ReadAsync(5, 2, Cancelled)).Select(record => record.Number));
        if (engine == SampleLogEngine.Postgres)
        {
            foreach (var statement in (string[])["UPDATE audit SET who = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
            {
                Assert.Contains("append-only", (await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => database.ExecuteAsync(statement))).Message, StringComparison.Ordinal);
            }

            await database.ExecuteAsync("DROP TRIGGER audit_no_change ON audit; DELETE FROM audit WHERE number = 17");
            Assert.Equal(17, (await one.VerifyAsync(null, Cancelled)).BrokenAt);
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Keys_tenants_ended_passes_and_usage_are_read_as_they_were_written(SampleLogEngine engine)
    {
        await using var database = await LogDatabase.CreateAsync(engine);
        await using var opened = await OpenAsync(database);
        var store = new AccessStore(opened, TimeProvider.System);
        var (forever, _) = KeyText.Make(new AccessKeyRequest("forever", Role.Device, "wuhan/line-3"), 1);
        var (ending, text) = KeyText.Make(new AccessKeyRequest("ending", Role.Operator, "*", "alpha", 5), 2);
        await store.AddKeyAsync(forever, Cancelled);
        await store.AddKeyAsync(ending, Cancelled);
        await store.SetTenantAsync(new Tenant("alpha", ["a-1"]), Cancelled);
        await store.SetTenantAsync(new Tenant("alpha", ["a-1", "a-2"], 1.5, 2.5, 3), Cancelled);
        await store.EndPassAsync("gone", 1, Cancelled);
        await store.EndPassAsync("ended", long.MaxValue, Cancelled);
        await store.EndPassAsync("ended", long.MaxValue, Cancelled);
        await store.AddUsageAsync([new ComputeUsage("a-1", 10, 1, 100), new ComputeUsage("a-1", 20, 2, 200), new ComputeUsage("a-11", 10, 4, 400)], Cancelled);
        Assert.True(await store.RevokeKeyAsync(ending.Key.Id, 9, Cancelled));
        Assert.False(await store.RevokeKeyAsync(ending.Key.Id, 10, Cancelled));

        var state = await store.ReadAsync(Cancelled);
        Assert.Equal(
            new[] { forever.Key, ending.Key with { RevokedUs = 9 } }.OrderBy(key => key.Id, StringComparer.Ordinal), state.Keys.Select(key => key.Key).OrderBy(key => key.Id, StringComparer.Ordinal));
        Assert.True(KeyText.TryRead(text, out var id, out var secret));
        Assert.True(KeyText.Fits(state.Keys.Single(key => key.Key.Id == id), secret));
        secret[0] ^= 1;
        Assert.False(KeyText.Fits(state.Keys.Single(key => key.Key.Id == id), secret));
        var tenant = Assert.Single(state.Tenants);
        Assert.Equal(("a-1 a-2", 1.5, 2.5, 3), (string.Join(' ', tenant.Sites), tenant.SamplesPerSecond, tenant.ComputeSecondsPerDay, tenant.Machines));
        Assert.Equal(["ended"], state.EndedPasses);
        Assert.Equal((1, 100), await store.ReadComputeAsync("a-1", 10, 20, Cancelled));
        Assert.Equal((3, 300), await store.ReadComputeAsync("a-1", 0, 21, Cancelled));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Sessions_are_read_as_they_were_written_until_they_are_over(SampleLogEngine engine)
    {
        await using var database = await LogDatabase.CreateAsync(engine);
        await using var opened = await OpenAsync(database);
        var store = new AccessStore(opened, TimeProvider.System);
        var late = long.MaxValue - 10;
        var one = new SessionSnapshot("one", "key-1", "Li Wei", Role.Operator, ["wuhan/line-3", "wuhan/line-4"], "alpha", SignInWay.Key, 20, "10.0.0.7", "Firefox", 20, late, late);
        var two = one with { Id = "two", Holder = "u-1", Tenant = null, Way = SignInWay.Provider, BegunUs = 10 };
        foreach (var session in (SessionSnapshot[])[one, two, one with { Id = "idle", EndsUs = 5 }, one with { Id = "past", UntilUs = 5 }])
        {
            await store.AddSessionAsync(session, Cancelled);
        }

        Assert.Equal(["one", "two"], (await store.ReadSessionsAsync(Cancelled)).Select(session => session.Id));
        await store.UseSessionsAsync([("two", 30, late + 1), ("one", 5, null), ("none", 1, 1)], Cancelled);
        var read = await store.ReadSessionsAsync(Cancelled);
        Assert.Equivalent(one, read[0], strict: true);
        Assert.Equivalent(two with { UsedUs = 30, EndsUs = late + 1 }, read[1], strict: true);
        await store.EndPassAsync("two", late, Cancelled);
        Assert.Equal(["one"], (await store.ReadSessionsAsync(Cancelled)).Select(session => session.Id));
        await store.RevokeKeyAsync("key-1", 9, Cancelled);
        Assert.Empty(await store.ReadSessionsAsync(Cancelled));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_meter_counts_what_the_log_holds_below_a_site_and_nothing_beside_it(SampleLogEngine engine)
    {
        await using var database = await LogDatabase.CreateAsync(engine);
        var log = await database.OpenAsync();
        foreach (var machine in (Machines.MachineKey[])[LogDatabase.Press, LogDatabase.Pump, Machines.MachineKey.Parse("wuhan-2/line-3/press-07")])
        {
            var fence = await log.ClaimAsync(machine, Cancelled);
            for (var sequence = 0L; sequence < 5; sequence++)
            {
                await log.AppendAsync(LogDatabase.Entry(fence, sequence, machine), Cancelled);
                await log.AppendAsync(LogDatabase.Entry(fence, sequence, machine), Cancelled); // A repeat is no second entry.
            }
        }

        var bytes = (await LogDatabase.ReadAsync(log)).Concat(await LogDatabase.ReadAsync(log, LogDatabase.Pump)).Sum(entry => (long)entry.Payload.Length);
        var meter = new LogMeter(Options.Create(database.Options()));
        var now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var reading = await meter.CountAsync("wuhan", 0, now + 60_000_000, Cancelled);
        Assert.Equal((10, 40, bytes), reading);
        Assert.Equal(reading, await meter.CountAsync("wuhan", 0, now + 60_000_000, Cancelled));
        Assert.Equal((0, 0, 0), await meter.CountAsync("wuhan", 0, now - 3_600_000_000, Cancelled));
        Assert.Equal((5, 20), await meter.CountAsync("wuhan-2", 0, now + 60_000_000, Cancelled) is var (batches, samples, _) ? (batches, samples) : default);
    }

    private static Task<SecurityDatabase> OpenAsync(LogDatabase database) => database.Engine == SampleLogEngine.Sqlite
        ? Task.FromResult(SecurityDatabase.OpenSqlite(database.SqlitePath + ".security"))
        : SecurityDatabase.OpenPostgresAsync(database.ConnectionString, Cancelled);
}
