namespace IndustrialTwin.Chaos;

/// <summary>One fault being tried: where, by which chances, and what was found.</summary>
internal sealed class Trial(ChaosRun run, string fault)
{
    private const int LastLines = 30;

    private readonly List<Finding> _findings = [];

    public ChaosRun Run => run;

    /// <summary>All chance of the trial: the same seed and fault give the same schedule.</summary>
    public Random Random { get; } = new(run.SeedOf(fault));

    public bool IsLong => run.IsLong;

    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>A site of the trial's own, so that trials on one cluster do not meet.</summary>
    public string Site { get; } = $"{fault}-{Guid.NewGuid().ToString("n")[..6]}";

    /// <summary>Notes what was measured and whether that is as it must be.</summary>
    public void Must(bool holds, string measured)
    {
        _findings.Add(new Finding(measured, holds));
        run.Say($"{fault}: {measured}{(holds ? string.Empty : "  <-- must not be")}");
    }

    public void Say(string text) => run.Say($"{fault}: {text}");

    /// <summary>What a cluster's silos said last, for whoever looks for a cause.</summary>
    public void SayLastLines(ChaosCluster cluster)
    {
        foreach (var silo in cluster.Silos)
        {
            run.Say($"last lines of {silo.Name}:\n{string.Join('\n', silo.Output.Split('\n').TakeLast(LastLines))}");
        }
    }

    /// <summary>A time between two.</summary>
    public TimeSpan Between(double fromS, double toS) => TimeSpan.FromSeconds(fromS + (Random.NextDouble() * (toS - fromS)));

    /// <summary>One of the cluster's silos.</summary>
    public Silo Any(ChaosCluster cluster) => cluster.Silos[Random.Next(cluster.Silos.Count)];

    /// <summary>Lets all heal, waits until all that was sent is stored and analysed, and checks the whole history.</summary>
    public async Task CheckAsync(ChaosCluster cluster, Load load, TimeSpan healMax)
    {
        var healed = Clock.Now;
        await cluster.HealAsync();
        await Task.Delay(TimeSpan.FromSeconds(1));
        var converged = await Checker.ConvergedAsync(cluster, load, healMax);
        Must(converged is not null, converged is null
            ? $"not converged {healMax.TotalSeconds:0} s after healing, {load.Open} batches open"
            : $"converged {(Clock.Now - healed).TotalSeconds:0.0} s after healing");
        foreach (var finding in await Checker.CheckAsync(cluster, load))
        {
            Must(finding.Holds, finding.Measured);
        }
    }

    /// <summary>The p-th part of the largest values.</summary>
    public static TimeSpan Quantile(IEnumerable<TimeSpan> times, double part)
    {
        var sorted = times.Order().ToArray();
        return sorted.Length == 0 ? default : sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling(part * sorted.Length) - 1)];
    }
}
