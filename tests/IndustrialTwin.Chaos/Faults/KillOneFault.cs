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
        var (stretches, ended) = (new List<(TimeSpan From, TimeSpan To)>(), 0);
        for (var round = 1; round <= rounds; round++)
        {
            await Task.Delay(trial.Between(1, 3));
            var (silo, from) = (trial.Any(cluster), Clock.Now);
            await silo.KillAsync();
            await Task.Delay(trial.Between(1, 6));
            ended += cluster.Silos.Count(other => other != silo && !other.IsRunning);
            await cluster.HealAsync();
            await Clock.UntilAsync(() => Task.FromResult(load.Open < load.Senders.Count), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(50));
            stretches.Add((from, Clock.Now));
            trial.Say($"round {round} of {rounds}: {silo.Name} killed, outage per twin max {load.Outages(from, Clock.Now).Max().TotalSeconds:0.0} s");
        }

        // A batch may wait from one round into the next; so all are asked when nothing of the last is left.
        var last = Clock.Now;
        await Clock.UntilAsync(() => Task.FromResult(load.IsAcknowledged(last)), TimeSpan.FromSeconds(60));
        var outages = stretches.ConvertAll(stretch => load.Outages(stretch.From, stretch.To)).SelectMany(each => each).ToList();
        var (p99, max) = (Trial.Quantile(outages, 0.99), outages.Max());
        trial.Must(p99 <= TimeSpan.FromSeconds(10) && max <= TimeSpan.FromSeconds(20),
            $"{rounds} kills; outage per twin median {Trial.Quantile(outages, 0.5).TotalSeconds:0.0} s, p99 {p99.TotalSeconds:0.0} s, max {max.TotalSeconds:0.0} s");
        trial.Must(true, $"other silos that ended meanwhile {ended}");
        await trial.CheckAsync(cluster, load, TimeSpan.FromSeconds(60));
    }
}
