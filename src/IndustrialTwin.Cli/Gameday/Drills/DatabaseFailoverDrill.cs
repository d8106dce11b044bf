using System.Diagnostics;

namespace IndustrialTwin.Gameday;

/// <summary>The primary database is lost; a synchronous standby is promoted.</summary>
internal sealed class DatabaseFailoverDrill : Drill
{
    public override string Name => "database-failover";

    public override string Attempted => "the primary PostgreSQL crashes under load; its synchronous standby is promoted";

    public override string Expected => "acknowledges again ≤ 60 s after the promotion, by itself; nothing that was acknowledged is lost";

    public override async Task RunAsync(Trial trial, CancellationToken cancellationToken)
    {
        await using var primary = await DrillPostgres.StartAsync(hasStandby: true, cancellationToken);
        await using var standby = await primary.FollowAsync(cancellationToken);
        var plan = new InstallationPlan
        {
            Settings = new Dictionary<string, string> { ["Storage__Engine"] = "Postgres", ["Storage__ConnectionString"] = DrillPostgres.ConnectionString(primary.Port, standby.Port) },
        };
        await using var place = await trial.OwnAsync(plan, cancellationToken);
        await using var load = await DeviceLoad.StartAsync(place, "failover", 4, TimeSpan.FromMilliseconds(20), cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
        var lost = Stopwatch.StartNew();
        await primary.StopAsync();
        var before = load.Acknowledged;
        await standby.PromoteAsync();
        var promoted = lost.Elapsed;
        var isBack = await DeviceLoad.UntilAsync(() => load.Acknowledged > before + 8, TimeSpan.FromSeconds(60), cancellationToken);
        trial.Must(isBack, isBack
            ? $"lost after {before} batches, promoted {promoted.TotalSeconds:0.0} s later, acknowledged again {(lost.Elapsed - promoted).TotalSeconds:0.0} s after that"
            : "acknowledged nothing within 60 s of the promotion");
        trial.Must(place.Silo.IsRunning, place.Silo.IsRunning ? "the silo's process lived on" : "the silo's process is dead");
        await load.CheckAsync(trial, cancellationToken);
    }
}
