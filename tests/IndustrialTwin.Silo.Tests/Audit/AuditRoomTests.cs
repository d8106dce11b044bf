using IndustrialTwin.Health;
using IndustrialTwin.Hosting;
using IndustrialTwin.Security;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace IndustrialTwin.Audit;

public sealed class AuditRoomTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("itwin-room-");

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Little_room_for_the_audit_log_is_a_degradation_with_its_setting()
    {
        await using var database = SecurityDatabase.OpenSqlite(Path.Combine(_folder.FullName, "twin.security.db"));
        var storage = new StorageOptions { Path = Path.Combine(_folder.FullName, "twin.db"), AuditRoomMin = 1 };
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(storage, database)).Status);

        // A database elsewhere: what it may take, less what it takes.
        storage = new StorageOptions { Engine = StorageEngine.Postgres, AuditRoomMin = 1_000 };
        Assert.Contains("Storage:DatabaseBytesMax", (await HealthAsync(storage, database)).Description, StringComparison.Ordinal);
        var size = await database.SizeAsync(TestContext.Current.CancellationToken);
        Assert.InRange(size, 4_096, 1 << 20);
        storage.DatabaseBytesMax = size + 1_000;
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(storage, database)).Status);
        storage.DatabaseBytesMax = size + 999;
        var low = await HealthAsync(storage, database);
        Assert.Equal(HealthStatus.Degraded, low.Status);
        Assert.Contains("999 bytes are left for the audit log, fewer than Storage:AuditRoomMin = 1,000", low.Description, StringComparison.Ordinal);
    }

    private static async Task<HealthCheckResult> HealthAsync(StorageOptions storage, SecurityDatabase database)
    {
        using var room = new AuditRoom(storage, database, TimeProvider.System, NullLogger<AuditRoom>.Instance);
        if (room.IsKnowable)
        {
            await room.ReadAsync(TestContext.Current.CancellationToken);
        }

        return await new AuditRoomHealth(room).CheckHealthAsync(new HealthCheckContext());
    }
}
