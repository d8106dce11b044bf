using IndustrialTwin.Identities;
using Microsoft.Data.Sqlite;

namespace IndustrialTwin.Gameday;

/// <summary>Somebody who can write the database changes what the audit log says.</summary>
internal sealed class TamperedAuditDrill : Drill
{
    public override string Name => "tampered-audit";

    public override string Attempted => "in the database of the audit log a record is changed, one is removed, one is moved, and the newest is cut off together with its head";

    public override string Expected => "verify is good before, names the record after each, and is good again when it is put back";

    public override async Task RunAsync(Trial trial, CancellationToken cancellationToken)
    {
        await using var place = await trial.OwnAsync(new InstallationPlan(), cancellationToken);
        await using var grid = await place.ConnectAsync(null, cancellationToken);
        for (var number = 0; number < 4; number++)
        {
            await Installation.CreateKeyAsync(grid, $"audit {number}", Role.Viewer, "*", cancellationToken);
        }

        var before = await AuditTrail.VerifyAsync(grid, null, cancellationToken);
        trial.Must(before is { IsGood: true, Records: >= 4 }, before.IsGood ? $"{before.Records} records, as they were written" : $"before: {before.Fault}");
        await using var database = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(place.Data, "twin.security.db"), Pooling = false }.ToString());
        await database.OpenAsync(cancellationToken);
        var guard = await RefusalAsync("UPDATE audit SET who = 'somebody else' WHERE number = 2");
        trial.Must(guard is not null, guard is null ? "the database itself lets records be changed" : "the database itself refuses, until its triggers are dropped");
        foreach (var trigger in (string[])["audit_no_update", "audit_no_delete"])
        {
            await RunAsync($"DROP TRIGGER {trigger}");
        }

        await RunAsync("CREATE TABLE kept AS SELECT * FROM audit");
        await RunAsync("CREATE TABLE kept_head AS SELECT * FROM audit_head");
        foreach (var (what, statements) in (IEnumerable<(string, string[])>)
        [
            ("changed", ["UPDATE audit SET who = 'somebody else' WHERE number = 2"]),
            ("removed", ["DELETE FROM audit WHERE number = 2"]),
            ("moved", ["UPDATE audit SET number = 0 WHERE number = 2", "UPDATE audit SET number = 2 WHERE number = 3", "UPDATE audit SET number = 3 WHERE number = 0"]),
            ("cut off", ["DELETE FROM audit WHERE number = (SELECT max(number) FROM audit)", "UPDATE audit_head SET number = number - 1"]),
        ])
        {
            foreach (var statement in statements)
            {
                await RunAsync(statement);
            }

            var verdict = await AuditTrail.VerifyAsync(grid, null, cancellationToken);
            trial.Must(!verdict.IsGood, $"{what}: {verdict.Fault ?? "NOT found"}");
            foreach (var statement in (string[])["DELETE FROM audit", "INSERT INTO audit SELECT * FROM kept", "DELETE FROM audit_head", "INSERT INTO audit_head SELECT * FROM kept_head"])
            {
                await RunAsync(statement);
            }
        }

        var after = await AuditTrail.VerifyAsync(grid, before.Head, cancellationToken);
        trial.Must(after.IsGood, after.IsGood ? "put back, it is good again, with the head that was kept" : $"put back: {after.Fault}");

        async Task<string?> RefusalAsync(string statement)
        {
            try
            {
                await RunAsync(statement);
                return null;
            }
            catch (SqliteException fault)
            {
                return fault.Message;
            }
        }

        async Task RunAsync(string statement)
        {
            await using var command = database.CreateCommand();
#pragma warning disable CA2100 // Written above.
            command.CommandText = statement;
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
