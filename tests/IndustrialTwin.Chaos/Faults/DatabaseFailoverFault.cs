
namespace IndustrialTwin.Chaos;

/// <summary>The database's computer is lost; a standby that has every commit takes over.</summary>
internal sealed class DatabaseFailoverFault : DatabaseFault
{
    public override string Name => "db-failover";

    public override string Title => "database failing over to a synchronous standby";

    public override async Task TryAsync(Trial trial)
    {
        await using var cluster = await ChaosCluster.StartAsync(new ClusterPlan { HasStandby = true });
        await using var load = await Load.StartAsync(cluster, trial.Site, new LoadPlan());
        await Task.Delay(trial.Between(2, 4));
        var from = Clock.Now;
        await cluster.FailOverAsync();
        var to = Clock.Now;
        var back = await Clock.UntilAsync(() => Task.FromResult(Acknowledged(load, to, Clock.Now) > 0), TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(50));
        trial.Must(back is not null, $"promoted {(to - from).TotalSeconds:0.0} s after the loss, acknowledged again {back?.TotalSeconds:0.0} s after that");
        await trial.CheckAsync(cluster, load, TimeSpan.FromSeconds(60));
    }
}
