namespace IndustrialTwin.Chaos;

/// <summary>A silo hangs for longer than the others wait, and goes on as if nothing had been.</summary>
internal sealed class ZombieFault : Fault
{
    public override string Name => "zombie";

    public override string Title => "SIGSTOP 60 s and resume";

    public override string MustHold => "every stale write and actuation refused; other twins answer ≤ 10 s";

    public override async Task TryAsync(Trial trial)
    {
        var cluster = await trial.Run.ClusterAsync();
        await using var load = await Load.StartAsync(cluster, trial.Site, new LoadPlan());
        await Task.Delay(trial.Between(1, 3));
        await using var connection = await cluster.OpenAsync();
        var owners = await Witness.OwnersAsync(connection, trial.Site);
        var owning = cluster.Silos.FindAll(silo => owners.ContainsValue(silo.Name));
        var (silo, length) = (owning[trial.Random.Next(owning.Count)], TimeSpan.FromSeconds(trial.IsLong ? 60 : 15));
        var from = Clock.Now;
        silo.Pause();
        var dead = await cluster.MembersAsync(SiloStatus.Dead);
        var found = await Clock.UntilAsync(async () => await cluster.MembersAsync(SiloStatus.Dead) > dead, length, TimeSpan.FromMilliseconds(50));
        await Task.Delay(length - (Clock.Now - from) is { Ticks: > 0 } rest ? rest : TimeSpan.Zero);
        var to = Clock.Now;
        silo.Resume();
        await Task.Delay(TimeSpan.FromSeconds(3)); // What the zombie still had in hand is written now, if anybody takes it.
        var others = load.Outages(from, to, sender => owners.GetValueOrDefault(sender.Machine.Value) != silo.Name);
        var own = load.Outages(from, to, sender => owners.GetValueOrDefault(sender.Machine.Value) == silo.Name);
        trial.Must(others.Count == 0 || others.Max() <= TimeSpan.FromSeconds(10),
            $"{silo.Name} stood still {length.TotalSeconds:0} s, declared dead after {found?.TotalSeconds ?? double.NaN:0.0} s; {others.Count} twins elsewhere: outage median {Trial.Quantile(others, 0.5).TotalSeconds:0.0} s, max {others.DefaultIfEmpty().Max().TotalSeconds:0.0} s; "
            + $"its own {own.Count}: max {own.DefaultIfEmpty().Max().TotalSeconds:0.0} s");
        await trial.CheckAsync(cluster, load, TimeSpan.FromSeconds(60));
    }
}
