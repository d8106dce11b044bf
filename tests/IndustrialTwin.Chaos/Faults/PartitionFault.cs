namespace IndustrialTwin.Chaos;

/// <summary>A silo can reach some of the others no longer, or they it; nobody's process ends.</summary>
internal sealed class PartitionFault(string name, string title, Func<Trial, ChaosCluster, Silo, TimeSpan, Task> cut) : Fault
{
    public static IReadOnlyList<PartitionFault> Kinds { get; } =
    [
        new("minority", "partition: one silo cut from the others", (_, cluster, silo, length) => ForAsync(cluster, length, () => Others(cluster, silo).ForEach(other => silo.Host.Cut(other.Host)))),
        new("one-way", "partition: one silo hears the others and is not heard", (_, cluster, silo, length) => ForAsync(
            cluster, length, () => Others(cluster, silo).ForEach(other => silo.Host.Cut(other.Host, inbound: false)))),
        new("no-database", "partition: one silo cut from the database only", (_, cluster, silo, length) => ForAsync(cluster, length, () => silo.Host.Cut(cluster.DatabaseHost))),
        new("no-broker", "partition: one silo cut from the broker only", (_, cluster, silo, length) => ForAsync(cluster, length, () => silo.Host.Cut(cluster.Broker.Host))),
        new("flapping", "partition: one silo's links to the others flapping", FlapAsync),
    ];

    public override string Name => name;

    public override string Title => title;

    public override string MustHold => "at most one accepted writer per twin and epoch; converged ≤ 60 s after healing";

    public override async Task TryAsync(Trial trial)
    {
        var cluster = await trial.Run.ClusterAsync();
        if (cluster.Network.WhyNot is { } reason)
        {
            throw new FaultNotHereException(reason);
        }

        // A silo that is cut off holds what the broker gave it until it is back. A twin waits for that until 256 of its batches wait behind
        // it; windows after a longer gap would be others than without the fault, as they should be.
        await using var load = await Load.StartAsync(cluster, trial.Site, trial.IsLong ? new LoadPlan { Interval = TimeSpan.FromMilliseconds(500) } : new LoadPlan());
        await Task.Delay(trial.Between(1, 3));
        var (silo, length, from) = (trial.Any(cluster), trial.IsLong ? trial.Between(40, 60) : trial.Between(12, 15), Clock.Now);
        trial.Say($"{silo.Name} for {length.TotalSeconds:0.0} s");
        await cut(trial, cluster, silo, length);
        var outages = load.Outages(from, Clock.Now);
        trial.Must(true, $"{silo.Name} cut {(Clock.Now - from).TotalSeconds:0} s, outage per twin meanwhile median {Trial.Quantile(outages, 0.5).TotalSeconds:0.0} s, max {outages.Max().TotalSeconds:0.0} s");
        await trial.CheckAsync(cluster, load, TimeSpan.FromSeconds(60));
    }

    private static List<Silo> Others(ChaosCluster cluster, Silo silo) => [.. cluster.Silos.Where(other => other != silo)];

    private static async Task ForAsync(ChaosCluster cluster, TimeSpan length, Action cut)
    {
        cut();
        await Task.Delay(length);
        cluster.Network.Heal();
    }

    private static async Task FlapAsync(Trial trial, ChaosCluster cluster, Silo silo, TimeSpan length)
    {
        for (var started = Clock.Now; Clock.Now - started < length;)
        {
            var isOneWay = trial.Random.Next(2) == 0;
            Others(cluster, silo).ForEach(other => silo.Host.Cut(other.Host, inbound: !isOneWay));
            await Task.Delay(trial.Between(0.5, 4));
            cluster.Network.Heal();
            await Task.Delay(trial.Between(0.5, 2));
        }
    }
}
