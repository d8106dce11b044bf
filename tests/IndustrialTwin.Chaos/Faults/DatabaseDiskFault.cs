using System.Globalization;
using Npgsql;

namespace IndustrialTwin.Chaos;

/// <summary>The database server's disk is full, fails, or loses the end of what was being written, while silos write.</summary>
internal sealed class DatabaseDiskFault(string name, string title, Func<ClusterPlan, SmallDisk?, ClusterPlan> plan, Func<Trial, ChaosCluster, SmallDisk?, Task> inject) : DatabaseFault
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2), Patience = TimeSpan.FromSeconds(90);

    public static IReadOnlyList<DatabaseDiskFault> Kinds { get; } =
    [
        new("pg-disk-full", "disk full (PostgreSQL)", (plan, disk) => plan with { DatabaseFolder = disk!.Folder, DatabaseSettings = ["max_wal_size=64MB", "min_wal_size=32MB"] },
            (_, _, disk) => disk!.FillAsync()) { DiskMegabytes = 256 },
        new("pg-wal-full", "disk of the write-ahead log full (PostgreSQL)", (plan, disk) => plan with { DatabaseLogFolder = disk!.Folder, DatabaseSettings = ["max_wal_size=16MB", "min_wal_size=2MB"] },
            FillLogAsync) { DiskMegabytes = 64 },
        new("pg-disk-error", "I/O error at every write (PostgreSQL)", (plan, _) => plan, FailAsync),
        new("pg-torn-write", "torn last write (PostgreSQL, killed while it wrote)", (plan, _) => plan, TearAsync),
    ];

    public override string Name => name;

    public override string Title => title;

    public override string MustHold => "refused, never acknowledged; recovers alone";

    /// <summary>How large the disk is that is filled, MB, or null where none is.</summary>
    private int? DiskMegabytes { get; init; }

    public override async Task TryAsync(Trial trial)
    {
        using var disk = DiskMegabytes is { } megabytes ? new SmallDisk(megabytes) : null;
        await using var cluster = await ChaosCluster.StartAsync(plan(new ClusterPlan(), disk));
        await using var load = await Load.StartAsync(cluster, trial.Site, new LoadPlan());
        await Task.Delay(trial.Between(2, 4));
        var from = Clock.Now;
        await inject(trial, cluster, disk);
        if (cluster.Database.ProcessId is not null)
        {
            var refused = await Clock.UntilAsync(
                () => Task.FromResult(Clock.Now - from > Silence && Acknowledged(load, Clock.Now - Silence, Clock.Now) == 0), TimeSpan.FromSeconds(60));
            trial.Must(refused is not null, refused is null ? "it went on acknowledging" : $"refuses after {Acknowledged(load, from, Clock.Now):n0} more");
            from = Clock.Now;
            var before = await Decisions.OfAsync(cluster);
            var starts = await StayAsync(cluster, TimeSpan.FromSeconds(trial.IsLong ? 30 : 6), isRestarted: disk is not null);
            MustControl(trial, load, from, Clock.Now);
            trial.Say($"decisions: {(await Decisions.OfAsync(cluster)).Since(before)}");
            trial.Must(true, $"{Acknowledged(load, from, Clock.Now):n0} acknowledged in the {(Clock.Now - from).TotalSeconds:0} s after; the server ended {starts} times");
        }

        var (healed, last) = (Clock.Now, Acknowledged(load, TimeSpan.Zero, TimeSpan.MaxValue));
        disk?.Free();
        if (cluster.Database.ProcessId is null)
        {
            await cluster.Database.StopAsync();
            await cluster.Database.StartAsync();
            trial.Say($"the server takes connections {(Clock.Now - healed).TotalSeconds:0.0} s after");
        }

        var back = await Clock.UntilAsync(() => Task.FromResult(Acknowledged(load, TimeSpan.Zero, TimeSpan.MaxValue) > last + 20), Patience, TimeSpan.FromMilliseconds(50));
        var living = cluster.Silos.Count(silo => silo.IsRunning);
        trial.Must(back is not null && living == cluster.Silos.Count,
            back is null ? $"did not acknowledge again within {Patience.TotalSeconds:0} s" : $"acknowledges again {back.Value.TotalSeconds:0.0} s after healing; {living} of {cluster.Silos.Count} silos lived through it");
        await trial.CheckAsync(cluster, load, TimeSpan.FromSeconds(60));
        if (trial.Findings.Any(finding => !finding.Holds))
        {
            trial.SayLastLines(cluster);
        }
    }

    /// <summary>Stays for a while, and starts the server again wherever it ended, as whoever runs it would. Answers how often it ended.</summary>
    private static async Task<int> StayAsync(ChaosCluster cluster, TimeSpan length, bool isRestarted)
    {
        var (until, ended, isUp) = (Clock.Now + length, 0, true);
        while (Clock.Now < until)
        {
            var isEnded = cluster.Database.ProcessId is null;
            ended += isEnded && isUp ? 1 : 0;
            isUp = !isEnded;
            if (isEnded && isRestarted)
            {
                isUp = true;
                try
                {
                    await cluster.Database.StopAsync();
                    await cluster.Database.StartAsync();
                }
                catch (InvalidOperationException)
                {
                    // It cannot start either.
                }
            }

            await Task.Delay(TimeSpan.FromSeconds(0.5));
        }

        return ended;
    }

    /// <summary>A standby that went away for ever holds what it has not read, so that no segment can be used again; and the disk fills.</summary>
    private static async Task FillLogAsync(Trial trial, ChaosCluster cluster, SmallDisk? disk)
    {
        await using (var connection = await cluster.OpenAsync())
        await using (var command = new NpgsqlCommand("SELECT pg_create_physical_replication_slot('gone', true)", connection))
        {
            await command.ExecuteNonQueryAsync();
        }

        await disk!.FillAsync();
    }

    /// <summary>Lets every write of the server beyond 4 KiB into a file fail.</summary>
    private static async Task FailAsync(Trial trial, ChaosCluster cluster, SmallDisk? disk)
    {
        foreach (var process in HostProcess.Family(cluster.Database.ProcessId!.Value))
        {
            await cluster.Database.InspectAsync("/usr/bin/prlimit", "--pid", process.ToString(CultureInfo.InvariantCulture), "--fsize=4096:unlimited");
        }
    }

    private static async Task TearAsync(Trial trial, ChaosCluster cluster, SmallDisk? disk)
    {
        await cluster.Database.KillAsync();
        var (at, records) = await PostgresTail.TearAsync(cluster.Database);
        trial.Must(true, $"torn at {at} of the write-ahead log, with {records} records after its last commit");
    }
}
