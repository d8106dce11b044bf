using System.Diagnostics;
using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;
using IndustrialTwin.Sites;
using Npgsql;
using Xunit;

[assembly: AssemblyFixture(typeof(IndustrialTwin.Testing.SharedPostgres))]

namespace IndustrialTwin.Testing;

/// <summary>A silo's own program purges what that silo kept of a machine that was retired.</summary>
public sealed class PurgeTests(ITestOutputHelper output) : IDisposable
{
    private const int Batches = 300;
    private const string ClusterKey = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    private static readonly MachineKey Kept = LoadPlant.Machine(0), Retired = LoadPlant.Machine(1);

    private readonly TemporaryFolder _folder = new(), _other = new(), _backups = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        _other.Dispose();
        _backups.Dispose();
    }

    [Fact]
    public async Task What_was_killed_in_the_middle_is_ended_and_a_backup_of_the_rest_is_good_and_goes_on()
    {
        (string, string)[] settings = [("Security__ClusterKey", ClusterKey), ("Machines__CheckpointEntriesMin", "1")];
        await using var silo = new SiloProcess(_folder.Path, output, settings);
        await silo.StartAsync();
        await FillAndRetireAsync(silo);
        var (code, said) = await RunAsync(_folder.Path, "purge", Retired.Value, "--yes");
        Assert.True(code == 1 && said.Contains("which a silo or another program has open", StringComparison.Ordinal), said);
        (code, said) = await RunAsync(_folder.Path, "purge", Kept.Value);
        Assert.True(code == 1 && said.Contains("is declared", StringComparison.Ordinal), said);
        Assert.Equal(0, await silo.StopAsync());

        (code, said) = await RunAsync(_folder.Path, "purge", Retired.Value);
        Assert.True(code == 0 && said.Contains($"{Batches} batches with {Batches * LoadPlant.RowsPerBatch} samples", StringComparison.Ordinal), said);
        Assert.Contains("1 checkpoint. Nothing was removed", said, StringComparison.Ordinal);
        await KillInTheMiddleAsync("purge", Retired.Value, "--yes");
        (code, said) = await RunAsync(_folder.Path, "purge", Retired.Value, "--yes");
        Assert.True(code == 0 && said.Contains($"Purged: {Retired}", StringComparison.Ordinal), said);
        Assert.Equal(0, await silo.CountAsync($"SELECT (SELECT count(*) FROM entry e JOIN machine m ON m.id = e.machine WHERE m.key = '{Retired}') + (SELECT count(*) FROM feature f JOIN machine m ON m.id = f.machine WHERE m.key = '{Retired}')"));

        var backup = Path.Combine(_backups.Path, "one");
        foreach (var (folder, command) in ((string, string[])[])[(_folder.Path, ["verify"]), (_folder.Path, ["backup", backup]), (_folder.Path, ["verify", backup]), (_other.Path, ["restore", backup])])
        {
            (code, said) = await RunAsync(folder, command);
            Assert.True(code == 0 && said.Contains($"{Batches} batches with {Batches * LoadPlant.RowsPerBatch} samples", StringComparison.Ordinal), said);
        }

        await using var next = new SiloProcess(_other.Path, output, settings);
        await next.StartAsync();
        var (host, grid) = await next.ConnectAsync();
        using var _ = host;
        Assert.Equal(ObserveOutcome.Duplicate, (await grid.GetGrain<IMachineGrain>(Kept.Value).Observe(LoadPlant.Batch(Kept, Batches - 1))).Outcome);
        Assert.Equal(ObserveOutcome.Accepted, (await grid.GetGrain<IMachineGrain>(Kept.Value).Observe(LoadPlant.Batch(Kept, Batches))).Outcome);

        // What comes late of its former life does not bring it back, and is not lost without a word.
        using (var client = await LoadPlant.ConnectAsync(next.MqttPort, "late", Cancelled))
        {
            await client.PublishAsync(LoadPlant.Message(LoadPlant.Batch(Retired, 7)), Cancelled);
        }

        var record = Assert.Single(await next.QuarantineAsync());
        Assert.Equal((Retired.Value, QuarantineReason.UnknownMachine), (record.Machine, record.Reason));
        var snapshot = await grid.GetGrain<IMachineGrain>(Retired.Value).GetSnapshot();
        Assert.Equal((false, 0L, null), (snapshot.IsDeclared, snapshot.Counts.BatchesAccepted, snapshot.Revision));

        // The name may be given again: to a machine that knows nothing of the one before.
        await grid.GetGrain<ISiteGrain>("load").Apply(LoadPlant.Declaration(2));
        Assert.Equal(ObserveOutcome.Accepted, (await grid.GetGrain<IMachineGrain>(Retired.Value).Observe(LoadPlant.Batch(Retired, 0))).Outcome);
        Assert.Equal(1, (await grid.GetGrain<IMachineGrain>(Retired.Value).GetSnapshot()).Counts.BatchesAccepted);
    }

    [Fact]
    public async Task On_postgresql_a_silo_goes_on_meanwhile_and_the_twin_that_was_awake_writes_nothing_back()
    {
        var database = await SharedPostgres.CreateDatabaseAsync();
        (string, string)[] settings = [("Storage__Engine", "Postgres"), ("Storage__ConnectionString", database), ("Security__ClusterKey", ClusterKey), ("Machines__CheckpointEntriesMin", "1")];
        await using var silo = new SiloProcess(_folder.Path, output, settings);
        await silo.StartAsync();
        await FillAndRetireAsync(silo);
        using (var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled))
        {
            var loader = new Loader(LoadPlant.Machine(2), silo.MqttPort);
            var loading = loader.RunAsync(stop.Token);
            await Wait.UntilAsync(() => loader.Acknowledged > 0);
            var (code, said) = await RunAsync(_folder.Path, ["purge", Retired.Value, "--yes", .. Arguments(settings)]);
            Assert.True(code == 0 && said.Contains($"Purged: {Retired}, {Batches} batches with {Batches * LoadPlant.RowsPerBatch} samples", StringComparison.Ordinal), said);
            var acknowledged = loader.Acknowledged;
            await Wait.UntilAsync(() => loader.Acknowledged > acknowledged + 5);
            (code, said) = await RunAsync(_folder.Path, ["verify", .. Arguments(settings)]);
            Assert.True(code == 0, said);
            await stop.CancelAsync();
            await loading;
        }

        Assert.Equal(0, await silo.StopAsync()); // Here twins store what they have.
        await using var source = NpgsqlDataSource.Create(database);
        foreach (var rows in (string[])[
            "entry JOIN machine m ON m.id = entry.machine WHERE m.key = $1", "feature JOIN machine m ON m.id = feature.machine WHERE m.key = $1",
            "OrleansStorage WHERE GrainIdExtensionString = $1 AND PayloadBinary IS NOT NULL"])
        {
            Assert.Equal(0, await CountAsync(source, rows, Retired));
            Assert.NotEqual(0, await CountAsync(source, rows, Kept));
        }

        await silo.StartAsync();
        var (host, grid) = await silo.ConnectAsync();
        using var _ = host;
        Assert.False((await grid.GetGrain<IMachineGrain>(Retired.Value).GetSnapshot()).IsDeclared);
        Assert.Equal(ObserveOutcome.Duplicate, (await grid.GetGrain<IMachineGrain>(Kept.Value).Observe(LoadPlant.Batch(Kept, Batches - 1))).Outcome);
    }

    private static async Task FillAndRetireAsync(SiloProcess silo)
    {
        var (host, grid) = await silo.ConnectAsync();
        using var _ = host;
        var (all, but) = (LoadPlant.Declaration(3), LoadPlant.Declaration(3).Lines[0]);
        await grid.GetGrain<ISiteGrain>("load").Apply(all);
        foreach (var machine in (MachineKey[])[Kept, Retired])
        {
            var twin = grid.GetGrain<IMachineGrain>(machine.Value);
            await Task.WhenAll(Enumerable.Range(0, Batches).Select(sequence => twin.Observe(LoadPlant.Batch(machine, sequence))));
            await Wait.UntilAsync(async () => await twin.GetSnapshot() is var snapshot && snapshot.AnalysedPosition == snapshot.LogPosition);
        }

        await grid.GetGrain<ISiteGrain>("load").Apply(all with { Lines = [but with { Machines = [.. but.Machines.Where(machine => machine.Machine != Retired)] }] });
        Assert.False((await grid.GetGrain<IMachineGrain>(Retired.Value).GetSnapshot()).IsDeclared);
    }

    /// <summary>SIGKILL as soon as it says that it has begun; wherever it then is.</summary>
    private async Task KillInTheMiddleAsync(params string[] arguments)
    {
        using var process = Start(_folder.Path, arguments);
        Assert.StartsWith("Purging", await process.StandardOutput.ReadLineAsync(Cancelled), StringComparison.Ordinal);
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(Cancelled);
    }

    private static async Task<(int Code, string Output)> RunAsync(string folder, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(Cancelled), process.StandardError.ReadToEndAsync(Cancelled));
        await process.WaitForExitAsync(Cancelled);
        return (process.ExitCode, string.Concat(said));
    }

    private static Process Start(string folder, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [SiloProcess.Built("silo/IndustrialTwin.Silo", "IndustrialTwin.Silo.dll"), .. arguments])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        (start.Environment["Storage__Path"], start.Environment["Security__ClusterKey"]) = (Path.Combine(folder, "twin.db"), ClusterKey);
        return Process.Start(start)!;
    }

    private static IEnumerable<string> Arguments((string Key, string Value)[] settings) => settings.Select(setting => $"--{setting.Key.Replace("__", ":", StringComparison.Ordinal)}={setting.Value}");

    private static async Task<long> CountAsync(NpgsqlDataSource source, string rows, MachineKey machine)
    {
#pragma warning disable CA2100 // The test's own.
        await using var command = source.CreateCommand($"SELECT count(*) FROM {rows}");
#pragma warning restore CA2100
        command.Parameters.Add(new() { Value = machine.Value });
        return (long)(await command.ExecuteScalarAsync(Cancelled))!;
    }
}
