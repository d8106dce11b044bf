using System.Diagnostics;
using System.Globalization;

namespace IndustrialTwin.Chaos;

/// <summary>A run of faults from one seed, most of them on one cluster.</summary>
internal sealed class ChaosRun(int seed, bool isLong, TextWriter progress, string? previous = null) : IAsyncDisposable
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private ChaosCluster? _cluster;

    public int Seed => seed;

    public bool IsLong => isLong;

    /// <summary>The silo's program of the release before, or null.</summary>
    public string? Previous => previous;

    /// <summary>The cluster that faults share; a new one where the last could not be healed.</summary>
    public async Task<ChaosCluster> ClusterAsync()
    {
        if (_cluster is { } cluster)
        {
            return cluster;
        }

        Say("starting three silos, PostgreSQL and mosquitto");
        _cluster = await ChaosCluster.StartAsync(new ClusterPlan());
        Say(_cluster.Network.WhyNot ?? "every host has a network namespace of its own");
        return _cluster;
    }

    /// <summary>The shared cluster is of no use any more.</summary>
    public async Task ForgetClusterAsync()
    {
        if (_cluster is { } cluster)
        {
            _cluster = null;
            await cluster.DisposeAsync();
        }
    }

    /// <summary>The seed of one fault's chances: the same whether it is tried alone or among all.</summary>
    public int SeedOf(string fault)
    {
        var hash = seed;
        foreach (var letter in fault)
        {
            hash = unchecked((hash * 31) + letter);
        }

        return hash;
    }

    /// <summary>Tries one fault. Whatever goes wrong is a verdict.</summary>
    public async Task<Verdict> TryAsync(Fault fault)
    {
        var trial = new Trial(this, fault.Name);
        var started = Stopwatch.GetTimestamp();
        string? skipped = null;
        Say($"{fault.Name}: {fault.Title}");
        try
        {
            await fault.TryAsync(trial);
        }
        catch (FaultNotHereException reason)
        {
            skipped = reason.Message;
            Say($"{fault.Name}: skipped, {skipped}");
        }
        catch (Exception broken)
        {
            trial.Must(false, $"the trial itself broke: {broken.GetType().Name}: {broken.Message.Split('\n')[0]}");
            Say(broken.ToString());
        }

        if (trial.Findings.Any(finding => !finding.Holds) && _cluster is { } cluster)
        {
            trial.SayLastLines(cluster);
            await ForgetClusterAsync();
        }

        return new Verdict(fault.Title, fault.MustHold, trial.Findings, seed, skipped, Stopwatch.GetElapsedTime(started));
    }

    public void Say(string text) => progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_watch.Elapsed.TotalSeconds,7:0.0} s  {text}"));

    public async ValueTask DisposeAsync() => await ForgetClusterAsync();
}
