using IndustrialTwin.Samples;

namespace IndustrialTwin.Chaos;

/// <summary>The clock of one silo's computer jumps an hour ahead, two hours back, and then runs too fast.</summary>
internal sealed class ClockFault : Fault
{
    private static readonly string[] Libraries =
        ["/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1", "/usr/lib/faketime/libfaketime.so.1"];

    public override string Name => "clock";

    public override string Title => "clock of one silo ± 1 h and drift";

    public override string MustHold => "no window wrong";

    public override async Task TryAsync(Trial trial)
    {
        var library = Array.Find(Libraries, File.Exists) ?? throw new FaultNotHereException("libfaketime is not installed (Debian: apt-get install faketime)");
        await using var cluster = await ChaosCluster.StartAsync(new ClusterPlan());
        var (silo, file) = (trial.Any(cluster), Path.Combine(cluster.Folder, "faketime"));
        await SetAsync("+0s");
        silo.Set("LD_PRELOAD", library);
        silo.Set("FAKETIME_TIMESTAMP_FILE", file);
        silo.Set("FAKETIME_NO_CACHE", "1");

        // A clock that is set leaves the time since the start as it is, and the waits that are measured by it.
        silo.Set("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        silo.Set("FAKETIME_FORCE_MONOTONIC_FIX", "0");
        await silo.StopAsync();
        await silo.StartAsync(ChaosCluster.StartTimeout);

        await using var recorded = await Load.StartAsync(cluster, trial.Site, new LoadPlan());
        var nowUs = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        await using var live = await Load.StartAsync(
            cluster, $"{trial.Site}-live", new LoadPlan { ClockSkewMax = TimeSpan.FromMinutes(5), StartUs = nowUs, RegisterMachines = 0, Machines = 12 });
        var seen = new List<string>();
        foreach (var offset in (string[])["+3600s", "-3600s", "+0s x1.2", "+0s"])
        {
            await SetAsync(offset);
            await Task.Delay(TimeSpan.FromSeconds(trial.IsLong ? 30 : 5));
            seen.Add($"{offset}: {await OffsetAsync(silo):0} s");
        }

        trial.Must(true, $"{silo.Name}'s clock, by its own word: {string.Join(", ", seen)}");
        await MustAsync(trial, cluster, live);

        // libfaketime lets timers of a process sleep too long after a jump back, which a clock that is set does not. What is checked next
        // needs them, so the silo is started anew, with the right clock.
        silo.Set("LD_PRELOAD", null);
        await silo.KillAsync();
        await silo.StartAsync(ChaosCluster.StartTimeout);
        await trial.CheckAsync(cluster, recorded, TimeSpan.FromSeconds(60));

        async Task SetAsync(string offset)
        {
            await File.WriteAllTextAsync(file + ".new", offset + "\n");
            File.Move(file + ".new", file, overwrite: true);
        }
    }

    /// <summary>How far a silo's clock is from ours, as its answers tell.</summary>
    private static async Task<double> OffsetAsync(Silo silo)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        using var answer = await http.GetAsync(new Uri(silo.Http, "/health/live"));
        return ((answer.Headers.Date ?? DateTimeOffset.MinValue) - DateTimeOffset.UtcNow).TotalSeconds;
    }

    /// <summary>Live data: a wrong clock may put samples into quarantine, each accounted for; it may not make a window of them.</summary>
    private static async Task MustAsync(Trial trial, ChaosCluster cluster, Load load)
    {
        trial.Must(await load.DrainAsync(TimeSpan.FromSeconds(60)) is not null, "live data: all acknowledged");
        await Task.Delay(TimeSpan.FromSeconds(5));
        var log = await SampleLogHosting.OpenAsync(new SampleLogOptions { Engine = SampleLogEngine.Postgres, ConnectionString = cluster.ConnectionString });
        await using (log as IAsyncDisposable)
        {
            var (windows, wrong, missing) = (0, 0, 0L);
            foreach (var sender in load.Senders)
            {
                var maxima = await log.ReadFeatureAsync(sender.Machine, new SampleQuery(Plant.Feature), CancellationToken.None);
                windows += maxima.Values.Length;
                wrong += Enumerable.Range(0, maxima.Values.Length).Count(i => (float)((maxima.TimesUs[i] - sender.StartUs) / 1000) != maxima.Values[i]);
            }

            await using var connection = await cluster.OpenAsync();
            await using var command = new Npgsql.NpgsqlCommand(
                "SELECT coalesce(sum(samples), 0)::bigint, coalesce(sum(samples_quarantined), 0)::bigint FROM entry e JOIN machine m ON m.id = e.machine WHERE m.key LIKE $1 AND e.kind = 0",
                connection);
            command.Parameters.Add(new() { Value = $"{load.Site}/%" });
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            var (good, bad) = (reader.GetInt64(0), reader.GetInt64(1));
            missing = load.Senders.Sum(sender => (long)sender.Sendings.Count * Plant.RowsPerBatch) - good - bad;
            trial.Must(wrong == 0 && windows > 0 && missing == 0, $"live data: {windows} windows, wrong {wrong}; {good:n0} samples accepted, {bad:n0} in quarantine, unaccounted {missing}");
        }
    }
}
