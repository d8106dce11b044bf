namespace IndustrialTwin.Chaos;

/// <summary>The database server gets a tenth of its time: all its processes stand still for 450 of every 500 ms.</summary>
internal sealed class DatabaseSlowFault : DatabaseFault
{
    private static readonly TimeSpan Still = TimeSpan.FromMilliseconds(450), Going = TimeSpan.FromMilliseconds(50);

    public override string Name => "db-slow";

    public override string Title => "database slow";

    public override async Task TryAsync(Trial trial)
    {
        var cluster = await trial.Run.ClusterAsync();
        await using var load = await Load.StartAsync(cluster, trial.Site, new LoadPlan());
        await Task.Delay(trial.Between(1, 3));
        var (from, length) = (Clock.Now, TimeSpan.FromSeconds(trial.IsLong ? 30 : 6));
        while (Clock.Now - from < length)
        {
            var processes = HostProcess.Family(cluster.Database.ProcessId!.Value);
            processes.ForEach(process => HostProcess.Signal(process, "STOP"));
            await Task.Delay(Still);
            processes.ForEach(process => HostProcess.Signal(process, "CONT"));
            await Task.Delay(Going);
        }

        var to = Clock.Now;
        MustControl(trial, load, from, to);
        trial.Must(true, $"slow {(to - from).TotalSeconds:0} s, {Acknowledged(load, from, to):n0} acknowledged meanwhile");
        await trial.CheckAsync(cluster, load, TimeSpan.FromSeconds(60));
    }
}
