using IndustrialTwin.Machines;

namespace IndustrialTwin.Chaos;

/// <summary>Every silo's process ends at the same moment, as when the power goes.</summary>
internal sealed class KillAllFault : Fault
{
    private const int TwinsShort = 300, TwinsLong = 10_000, Callers = 64;

    public override string Name => "kill-all";

    public override string Title => "all silos killed";

    public override string MustHold => "ready ≤ 30 s; all twins serving ≤ 60 s; acknowledged but lost 0";

    public override async Task TryAsync(Trial trial)
    {
        var cluster = await trial.Run.ClusterAsync();
        await using var load = await Load.StartAsync(cluster, trial.Site, new LoadPlan());
        var twins = trial.IsLong ? TwinsLong : TwinsShort;
        var crowd = $"{trial.Site}-crowd";
        var keys = Enumerable.Range(0, twins).Select(number => Plant.Machine(crowd, number)).ToArray();
        trial.Say($"declaring {twins} twins");
        await EachAsync(keys, key => load.Client.GetGrain<IMachineGrain>(key.Value).Apply(Plant.Declaration(key, "1", TimeSpan.FromSeconds(1))));
        await EachAsync(keys, key => load.Client.GetGrain<IMachineGrain>(key.Value).Observe(Plant.Batch(key, 0)));
        await Task.Delay(trial.Between(0.5, 2));

        await Task.WhenAll(cluster.Silos.Select(silo => silo.KillAsync()));
        var started = Clock.Now;
        cluster.Silos.ForEach(silo => silo.Launch());
        await Task.WhenAll(cluster.Silos.Select(silo => silo.ReadyAsync(ChaosCluster.StartTimeout)));
        var ready = Clock.Now - started;
        trial.Must(ready <= TimeSpan.FromSeconds(30), $"ready {ready.TotalSeconds:0.0} s after the start of all");
        await EachAsync(keys, key => load.Client.GetGrain<IMachineGrain>(key.Value).Observe(Plant.Batch(key, 1)));
        var serving = Clock.Now - started;
        trial.Must(serving <= TimeSpan.FromSeconds(60), $"{twins:n0} twins serving {serving.TotalSeconds:0.0} s after it");
        await using (var connection = await cluster.OpenAsync())
        {
            var stored = await Checker.StoredAsync(connection, crowd);
            trial.Must(keys.All(key => stored.GetValueOrDefault(key.Value)?.Order().SequenceEqual([0L, 1L]) == true), $"both batches of each of {twins:n0} twins stored once");
        }

        await trial.CheckAsync(cluster, load, TimeSpan.FromSeconds(60));
    }

    /// <summary>Calls each twin until it answers, many at once.</summary>
    private static Task EachAsync(MachineKey[] keys, Func<MachineKey, Task> call) => Parallel.ForEachAsync(
        keys,
        new ParallelOptions { MaxDegreeOfParallelism = Callers },
        async (key, cancellationToken) =>
        {
            if (await Clock.UntilAsync(
                async () =>
                {
                    await call(key);
                    return true;
                },
                TimeSpan.FromSeconds(120)) is null)
            {
                throw new InvalidOperationException($"{key} did not answer within 120 s.");
            }
        });
}
