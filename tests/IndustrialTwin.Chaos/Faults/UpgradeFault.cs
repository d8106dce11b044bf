using Npgsql;

namespace IndustrialTwin.Chaos;

/// <summary>
/// Silo by silo the release before gives way to this one, under load, and this one to the release before. Without a build of the
/// release before, both are this one, on a schema that a next release has added to.
/// </summary>
internal sealed class UpgradeFault : Fault
{
    public override string Name => "upgrade";

    public override string Title => "rolling upgrade N → N+1 under load, and back";

    public override string MustHold => "0 calls failed after their retries; state readable by both";

    public override async Task TryAsync(Trial trial)
    {
        var previous = trial.Run.Previous;
        if (previous is not null && !File.Exists(previous))
        {
            throw new FaultNotHereException($"--previous is '{previous}', where no file is");
        }

        await using var cluster = await ChaosCluster.StartAsync(new ClusterPlan { Program = previous });
        await using var load = await Load.StartAsync(cluster, trial.Site, new LoadPlan());
        trial.Must(true, previous is null ? "no --previous build: the same program, on a schema that a next release added to" : "N is the build of --previous");
        if (previous is null)
        {
            await BumpAsync(cluster);
        }

        var from = Clock.Now;
        foreach (var program in (string[])[ChaosCluster.Program, previous ?? ChaosCluster.Program])
        {
            foreach (var silo in cluster.Silos)
            {
                var code = await silo.StopAsync();
                trial.Say($"{silo.Name} ended with {code}");
                silo.Program = program;
                await silo.StartAsync(ChaosCluster.StartTimeout);
                await Task.Delay(trial.Between(1, 3));
            }
        }

        var to = Clock.Now;
        var calls = load.Senders.Where(sender => !sender.IsMqtt).SelectMany(sender => sender.Snapshot()).Where(sending => sending.Due >= from && sending.Due < to).ToList();
        var again = calls.Count(sending => sending.Attempts > 1);
        await Clock.UntilAsync(() => Task.FromResult(calls.TrueForAll(sending => sending.Acknowledged is not null)), TimeSpan.FromSeconds(20));
        var failed = calls.Count(sending => sending.Acknowledged is null);
        trial.Must(failed == 0, $"{calls.Count:n0} calls while {cluster.Silos.Count * 2} silos were exchanged: failed {failed}, answered at a further attempt {again}");
        await trial.CheckAsync(cluster, load, TimeSpan.FromSeconds(60));
    }

    /// <summary>What a next release's scripts leave behind that only add: they are applied, and this program can go on.</summary>
    private static async Task BumpAsync(ChaosCluster cluster)
    {
        await using var connection = await cluster.OpenAsync();
        foreach (var table in (string[])["migration", "twin_migration"])
        {
#pragma warning disable CA2100 // The suite's own.
            await using var command = new NpgsqlCommand($"INSERT INTO {table} (number, needs) SELECT max(number) + 1, 1 FROM {table}", connection);
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync();
        }
    }
}
