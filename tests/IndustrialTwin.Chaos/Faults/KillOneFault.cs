namespace IndustrialTwin.Chaos;

/// <summary>A silo's process ends at once, again and again, and its orchestrator starts it anew.</summary>
internal sealed class KillOneFault : Fault
{
    private const int RoundsShort = 2, RoundsLong = 100;

    public override string Name => "kill";

    public override string Title => "SIGKILL of a silo under load";

    public override string MustHold => "acknowledged but lost 0; outage per twin p99 ≤ 10 s, max 20 s";

    public override async Task TryAsync(Trial trial)
    {
        var cluster = await trial.Run.ClusterAsync();
        await using var load = await Load.StartAsync(cluster, trial.Site, new LoadPlan());
        var rounds = trial.IsLong ? RoundsLong : RoundsShort;
        var outages = new List<TimeSpan>();
        for (var round = 1; round <= rounds; round++)
        {
            await Task.Delay(trial.Between(1, 3));
            var (silo, from) = (trial.Any(cluster), Clock.Now);
            await silo.KillAsync();
            await Task.Delay(trial.Between(1, 6));
            await silo.StartAsync(ChaosCluster.StartTimeout);
            await Clock.UntilAsync(() => Task.FromResult(load.Open < load.Senders.Count), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(50));
            outages.AddRange(load.Outages(from, Clock.Now));
            trial.Say($"round {round} of {rounds}: {silo.Name} killed, outage per twin max {load.Outages(from, Clock.Now).Max().TotalSeconds:0.0} s");
        }

        var (p99, max) = (Trial.Quantile(outages, 0.99), outages.Max());
        trial.Must(p99 <= TimeSpan.FromSeconds(10) && max <= TimeSpan.FromSeconds(20),
            $"{rounds} kills; outage per twin median {Trial.Quantile(outages, 0.5).TotalSeconds:0.0} s, p99 {p99.TotalSeconds:0.0} s, max {max.TotalSeconds:0.0} s");
        await trial.CheckAsync(cluster, load, TimeSpan.FromSeconds(60));
    }
}
