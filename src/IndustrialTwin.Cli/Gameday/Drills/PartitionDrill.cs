namespace IndustrialTwin.Gameday;

/// <summary>The network between a silo and its database is cut; nobody is told.</summary>
internal sealed class PartitionDrill : Drill
{
    private static readonly TimeSpan Cut = TimeSpan.FromSeconds(10);

    public override string Name => "partition";

    public override string Attempted => "the silo is cut from its PostgreSQL for 10 s under load: a proxy between them forwards nothing and closes nothing";

    public override string Expected => "no acknowledgement without a commit; acknowledges again ≤ 60 s after healing, by itself; nothing is lost or stored twice";

    public override async Task RunAsync(Trial trial, CancellationToken cancellationToken)
    {
        await using var database = await DrillPostgres.StartAsync(hasStandby: false, cancellationToken);
        await using var proxy = new CuttableProxy(database.Port);
        var plan = new InstallationPlan
        {
            Settings = new Dictionary<string, string> { ["Storage__Engine"] = "Postgres", ["Storage__ConnectionString"] = DrillPostgres.ConnectionString(proxy.Port) },
        };
        await using var place = await trial.OwnAsync(plan, cancellationToken);
        await using var load = await DeviceLoad.StartAsync(place, "partition", 4, TimeSpan.FromMilliseconds(20), cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
        proxy.Cut();
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken); // What was committed and not yet acknowledged still is.
        var before = load.Acknowledged;
        await Task.Delay(Cut, cancellationToken);
        var meanwhile = load.Acknowledged - before;
        trial.Must(meanwhile == 0 && load.Open > 0, $"cut after {before} batches: {meanwhile} acknowledged in {Cut.TotalSeconds:0} s, {load.Open} devices waited");
        proxy.Heal();
        var isBack = await DeviceLoad.UntilAsync(() => load.Acknowledged > before + 8, TimeSpan.FromSeconds(60), cancellationToken);
        trial.Must(isBack && place.Silo.IsRunning, isBack ? "healed, it acknowledges again by itself" : "acknowledged nothing within 60 s of healing");
        await load.CheckAsync(trial, cancellationToken);
    }
}
