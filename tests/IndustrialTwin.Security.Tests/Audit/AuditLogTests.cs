using System.Security.Cryptography;
using IndustrialTwin.Samples;
using IndustrialTwin.Security;
using Microsoft.Data.Sqlite;

namespace IndustrialTwin.Audit;

/// <summary>What somebody who can write the database can do to the audit log, and how it is found.</summary>
public sealed class AuditLogTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("itwin-audit-");
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private SecurityDatabase _database = null!;
    private AuditLog _log = null!;

    private string File => Path.Combine(_folder.FullName, "security.db");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = SecurityDatabase.OpenSqlite(File);
        _log = new AuditLog(_database, [_key]);
        for (var number = 1; number <= 5; number++)
        {
            await _log.AppendAsync(Event(number), Cancelled);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_log_that_nobody_touched_is_good_and_has_the_same_head_each_time()
    {
        var verdict = await _log.VerifyAsync(null, Cancelled);
        Assert.Equal((5, 5, null), (verdict.Records, verdict.Head.Number, verdict.Fault));
        Assert.Equal(verdict, await _log.VerifyAsync(verdict.Head, Cancelled));
        await _log.AppendAsync(Event(6), Cancelled);
        Assert.True((await _log.VerifyAsync(verdict.Head, Cancelled)).IsGood);
    }

    [Theory]
    [InlineData("UPDATE audit SET detail = 'nothing' WHERE number = 3", 3)]
    [InlineData("UPDATE audit SET who = 'li.wei' WHERE number = 3", 3)]
    [InlineData("UPDATE audit SET time_us = time_us + 1 WHERE number = 1", 1)]
    [InlineData("UPDATE audit SET outcome = 1 WHERE number = 5", 5)]
    [InlineData("UPDATE audit SET tenant = NULL WHERE number = 2", 2)]
    [InlineData("UPDATE audit SET who = who || what, what = '' WHERE number = 4", 4)]
    [InlineData("UPDATE audit SET seal = zeroblob(32) WHERE number = 4", 4)]
    [InlineData("DELETE FROM audit WHERE number = 3", 3)]
    [InlineData("DELETE FROM audit WHERE number = 1", 1)]
    [InlineData("UPDATE audit SET number = 30 WHERE number = 3; UPDATE audit SET number = 3 WHERE number = 4; UPDATE audit SET number = 4 WHERE number = 30", 3)]
    [InlineData("DELETE FROM audit WHERE number = 5", 5)]
    [InlineData("DELETE FROM audit", 1)]
    [InlineData("DELETE FROM audit WHERE number = 5; UPDATE audit_head SET number = 4", 4)]
    [InlineData("DELETE FROM audit_head", 1)]
    public async Task What_was_done_to_it_is_found_and_named(string deed, long number)
    {
        Tamper(deed);
        var verdict = await _log.VerifyAsync(null, Cancelled);
        Assert.Equal(number, verdict.BrokenAt);
        Assert.NotNull(verdict.Fault);
    }

    [Fact]
    public async Task Who_makes_a_whole_chain_anew_lacks_the_cluster_s_key()
    {
        Tamper("DELETE FROM audit; DELETE FROM audit_head");
        var forger = new AuditLog(_database, [RandomNumberGenerator.GetBytes(32)]);
        await forger.AppendAsync(Event(1), Cancelled);
        Assert.True((await forger.VerifyAsync(null, Cancelled)).IsGood);
        Assert.Equal(1, (await _log.VerifyAsync(null, Cancelled)).BrokenAt);
    }

    [Fact]
    public async Task An_old_copy_put_back_whole_is_found_by_a_head_that_was_kept_elsewhere()
    {
        await using (var copy = new SqliteConnection($"Data Source={File}"))
        {
            await copy.OpenAsync(Cancelled);
            await using var into = copy.CreateCommand();
            into.CommandText = $"VACUUM INTO '{File}.copy'";
            await into.ExecuteNonQueryAsync(Cancelled);
        }

        await _log.AppendAsync(Event(6), Cancelled);
        var head = (await _log.VerifyAsync(null, Cancelled)).Head;
        await using var old = SecurityDatabase.OpenSqlite(File + ".copy");
        var restored = new AuditLog(old, [_key]);
        Assert.True((await restored.VerifyAsync(null, Cancelled)).IsGood);
        Assert.Equal(6, (await restored.VerifyAsync(head, Cancelled)).BrokenAt);
    }

    [Fact]
    public async Task The_database_itself_refuses_changes()
    {
        await using var connection = new SqliteConnection($"Data Source={File}");
        await connection.OpenAsync(Cancelled);
        foreach (var statement in (string[])["UPDATE audit SET who = 'x'", "DELETE FROM audit"])
        {
            await using var command = connection.CreateCommand();
            command.CommandText = statement;
            Assert.Contains("append-only", (await Assert.ThrowsAsync<SqliteException>(() => command.ExecuteNonQueryAsync(Cancelled))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Many_writers_make_one_chain()
    {
        var other = new AuditLog(SecurityDatabase.OpenSqlite(File), [_key]);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(number => (number % 2 == 0 ? _log : other).AppendAsync(Event(number), Cancelled).AsTask()));
        Assert.Equal(45, (await _log.VerifyAsync(null, Cancelled)).Records);
        Assert.True((await other.VerifyAsync(null, Cancelled)).IsGood);
    }

    [Fact]
    public async Task After_the_key_was_changed_earlier_records_still_count()
    {
        var newer = new AuditLog(_database, [RandomNumberGenerator.GetBytes(32), _key]);
        await newer.AppendAsync(Event(6), Cancelled);
        Assert.True((await newer.VerifyAsync(null, Cancelled)).IsGood);
    }

    [Fact]
    public async Task What_cannot_be_written_is_told()
    {
        await using (var connection = new SqliteConnection($"Data Source={File}"))
        {
            await connection.OpenAsync(Cancelled);
            await using var command = connection.CreateCommand();
            command.CommandText = "DROP TRIGGER audit_no_update; DROP TABLE audit";
            await command.ExecuteNonQueryAsync(Cancelled);
        }

        await Assert.ThrowsAsync<LogUnavailableException>(async () => await _log.AppendAsync(Event(6), Cancelled));
    }

    private static AuditEvent Event(int number) => new(1_000_000 + number, "somebody", "itwin.machine.CommandAlarm", "wuhan/line-3/press-07", AuditOutcome.Allowed, $"detail {number}", "alpha");

    /// <summary>By somebody who may change tables, and takes the triggers away first.</summary>
    private void Tamper(string deed)
    {
        using var connection = new SqliteConnection($"Data Source={File}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; {deed}";
        command.ExecuteNonQuery();
    }
}
