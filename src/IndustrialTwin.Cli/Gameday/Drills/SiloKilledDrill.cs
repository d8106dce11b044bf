using System.Diagnostics;

namespace IndustrialTwin.Gameday;

/// <summary>The silo's process is killed while devices send.</summary>
internal sealed class SiloKilledDrill : Drill
{
    private const int Kills = 2;

    public override string Name => "silo-killed";

    public override string Attempted => "SIGKILL of the silo under load, twice; it is started again as an orchestrator does";

    public override string Expected => "nothing that was acknowledged is lost, nothing is stored twice; acknowledges again by itself";

    public override async Task RunAsync(Trial trial, CancellationToken cancellationToken)
    {
        await using var place = await trial.OwnAsync(new InstallationPlan(), cancellationToken);
        await using var load = await DeviceLoad.StartAsync(place, "killed", 4, TimeSpan.FromMilliseconds(10), cancellationToken);
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
            await place.Silo.KillAsync();
            var (began, before) = (Stopwatch.StartNew(), load.Acknowledged);
            await place.RestartAsync(cancellationToken);
            var isBack = await DeviceLoad.UntilAsync(() => load.Acknowledged > before + 4, TimeSpan.FromSeconds(60), cancellationToken);
            trial.Must(isBack, isBack ? $"killed after {before} batches; acknowledges again {began.Elapsed.TotalSeconds:0.0} s later" : "acknowledged nothing within 60 s of the start");
        }

        await load.CheckAsync(trial, cancellationToken);
    }
}
