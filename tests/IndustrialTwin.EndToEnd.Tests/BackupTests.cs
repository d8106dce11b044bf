using System.Diagnostics;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;
using IndustrialTwin.Sites;
using Microsoft.Data.Sqlite;
using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>A silo that works is backed up; another one goes on from there.</summary>
public sealed class BackupTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new(), _other = new(), _backups = new();

    public void Dispose()
    {
        _folder.Dispose();
        _other.Dispose();
        _backups.Dispose();
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_of_a_working_silo_is_verified_and_another_silo_goes_on_from_it()
    {
        var machine = LoadPlant.Machine(0);
        await using var silo = new SiloProcess(_folder.Path, output, ("Security__Access", "Required"));
        var key = await silo.KeyAsync();
        await silo.StartAsync();
        var (host, grid) = await silo.ConnectAsync(key);
        using var _ = host;
        await grid.GetGrain<ISiteGrain>("load").Apply(LoadPlant.Declaration(1));
        for (var sequence = 0L; sequence < 40; sequence++)
        {
            await grid.GetGrain<IMachineGrain>(machine.Value).Observe(LoadPlant.Batch(machine, sequence));
        }

        var backup = Path.Combine(_backups.Path, "one");
        var (code, said) = await RunAsync(_folder.Path, "backup", backup);
        Assert.True(code == 0, said);
        Assert.Contains($"40 batches with {40 * LoadPlant.RowsPerBatch} samples", said, StringComparison.Ordinal);
        Assert.NotEqual(0, (await RunAsync(_folder.Path, "backup", backup)).Code); // Not into one that is there.
        (code, said) = await RunAsync(_folder.Path, "verify", backup);
        Assert.True(code == 0, said);
        await silo.KillAsync();

        // The cluster's key is kept elsewhere: without it nobody can say that the audit log is good.
        (code, said) = await RunAsync(_other.Path, "restore", backup);
        Assert.Equal(1, code);
        Assert.Contains("without the cluster's key", said, StringComparison.Ordinal);
        File.Copy(Path.Combine(_folder.Path, "twin.cluster-key"), Path.Combine(_other.Path, "twin.cluster-key"), overwrite: true);
        (code, said) = await RunAsync(_other.Path, "restore", backup);
        Assert.True(code == 0, said);
        Assert.NotEqual(0, (await RunAsync(_other.Path, "restore", backup)).Code); // Never over files that are there.
        await using var next = new SiloProcess(_other.Path, output, ("Security__Access", "Required"));
        await next.StartAsync();
        var (second, restored) = await next.ConnectAsync(key);
        using var __ = second;
        var snapshot = await restored.GetGrain<IMachineGrain>(machine.Value).GetSnapshot();
        Assert.Equal(ObserveOutcome.Duplicate, (await restored.GetGrain<IMachineGrain>(machine.Value).Observe(LoadPlant.Batch(machine, 39))).Outcome);
        Assert.Equal(ObserveOutcome.Accepted, (await restored.GetGrain<IMachineGrain>(machine.Value).Observe(LoadPlant.Batch(machine, 40))).Outcome);
        Assert.NotNull(snapshot);
    }

    [Theory]
    [InlineData("DELETE FROM entry WHERE position = (SELECT max(position) FROM entry WHERE kind = 0)", "log.db")]
    [InlineData("DROP TRIGGER audit_no_update; UPDATE audit SET who = 'nobody' WHERE number = 1", "log.security.db")]
    public async Task What_was_taken_out_of_a_backup_is_told_also_where_its_hash_was_made_to_fit(string deed, string file)
    {
        var machine = LoadPlant.Machine(0);
        await using (var silo = new SiloProcess(_folder.Path, output, ("Security__Access", "Required")))
        {
            var key = await silo.KeyAsync();
            await silo.StartAsync();
            var (host, grid) = await silo.ConnectAsync(key);
            using var _ = host;
            await grid.GetGrain<ISiteGrain>("load").Apply(LoadPlant.Declaration(1));
            await grid.GetGrain<IMachineGrain>(machine.Value).Observe(LoadPlant.Batch(machine, 0));
        }

        var backup = Path.Combine(_backups.Path, "one");
        var (code, said) = await RunAsync(_folder.Path, "backup", backup);
        Assert.True(code == 0, said);
        var before = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(backup, file), Cancelled)));
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(backup, file)};Pooling=False"))
        {
            await connection.OpenAsync(Cancelled);
#pragma warning disable CA2100 // The test's own.
            await using var command = new SqliteCommand($"PRAGMA journal_mode = DELETE; {deed}", connection);
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(Cancelled);
        }

        (code, said) = await RunAsync(_folder.Path, "verify", backup);
        Assert.Equal(1, code);
        Assert.Contains("not as it was when the backup was made", said, StringComparison.Ordinal);
        var manifest = Path.Combine(backup, "backup.json");
        var after = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(backup, file), Cancelled)));
        await File.WriteAllTextAsync(manifest, (await File.ReadAllTextAsync(manifest, Cancelled)).Replace(before, after, StringComparison.Ordinal), Cancelled);
        (code, said) = await RunAsync(_folder.Path, "verify", backup);
        Assert.Equal(1, code);
        Assert.True(said.Contains("The log has lost something", StringComparison.Ordinal) || said.Contains("record 1 was changed", StringComparison.Ordinal), said);
    }

    private static async Task<(int Code, string Output)> RunAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [SiloProcess.Built("silo/IndustrialTwin.Silo", "IndustrialTwin.Silo.dll"), .. arguments])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["Storage__Path"] = Path.Combine(folder, "twin.db");
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(said));
    }
}
