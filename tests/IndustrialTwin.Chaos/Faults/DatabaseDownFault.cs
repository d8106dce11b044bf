namespace IndustrialTwin.Chaos;

/// <summary>The database server crashes and stays away; then it is restarted again at once.</summary>
internal sealed class DatabaseDownFault : DatabaseFault
{
    public override string Name => "db-down";

    public override string Title => "database down 30 s, and restarted";

    public override async Task TryAsync(Trial trial)
    {
        var cluster = await trial.Run.ClusterAsync();
        await using var load = await Load.StartAsync(cluster, trial.Site, new LoadPlan());
        await Task.Delay(trial.Between(2, 4));
        var down = TimeSpan.FromSeconds(trial.IsLong ? 30 : 8);

        await cluster.Database.StopAsync();
        var from = Clock.Now;
        await Task.Delay(down);
        var to = Clock.Now;
        await cluster.Database.StartAsync();

        // An answer that was on its way when the server ended is of a commit before.
        var without = Acknowledged(load, from + TimeSpan.FromSeconds(0.5), to);
        trial.Must(without == 0, $"down {(to - from).TotalSeconds:0} s, acknowledged meanwhile {without}");
        MustControl(trial, load, from, to);

        await Task.Delay(trial.Between(1, 3));
        await cluster.Database.StopAsync();
        await cluster.Database.StartAsync();
        trial.Say("restarted");
        await trial.CheckAsync(cluster, load, TimeSpan.FromSeconds(60));
    }
}
