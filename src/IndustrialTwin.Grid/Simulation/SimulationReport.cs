namespace IndustrialTwin.Simulation;

/// <summary>The policy against an omniscient scheduler and the usual baselines: tables, plots, and what of the aims was reached.</summary>
public sealed class SimulationReport
{
    private SimulationReport(IReadOnlyList<ReportTable> tables, IReadOnlyList<ReportPlot> plots, IReadOnlyList<ReportTarget> targets, IReadOnlyList<string> skipped) =>
        (Tables, Plots, Targets, Skipped) = (tables, plots, targets, skipped);

    /// <summary>The tables.</summary>
    public IReadOnlyList<ReportTable> Tables { get; }

    /// <summary>The plots.</summary>
    public IReadOnlyList<ReportPlot> Plots { get; }

    /// <summary>What was aimed at and reached.</summary>
    public IReadOnlyList<ReportTarget> Targets { get; }

    /// <summary>What was left out, and why.</summary>
    public IReadOnlyList<string> Skipped { get; }

    /// <summary>Runs all simulations of a report. Equal options and data give equal reports.</summary>
    /// <param name="options">What to simulate.</param>
    /// <param name="progress">Is told of each simulation that is done, or null.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range; the message names it.</exception>
    /// <exception cref="FormatException">A trace is not as expected; the message names file, line and field.</exception>
    public static SimulationReport Run(ReportOptions options, IProgress<string>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var skipped = new List<string>();
        var arrivals = new List<(ArrivalKind Kind, ArrivalTrace? Trace)> { (ArrivalKind.Poisson, null) };
        foreach (var kind in new[] { ArrivalKind.AzureCode, ArrivalKind.GenTd26 })
        {
            var trace = options.DataFolder is null ? null : ArrivalTrace.Read(kind, options.DataFolder);
            if (trace is not null)
                arrivals.Add((kind, trace));
            else
                skipped.Add($"{kind}: not found in {options.DataFolder ?? "no data folder"}; its simulations are skipped.");
        }

        var batch = new SimulationBatch(options, progress, cancellationToken);
        var batched = new BatchedStudy(options, arrivals, batch);
        var curves = new LoadStudy(options, batch);
        var jobs = new JobStudy(options, arrivals, batch);
        var faults = new FaultStudy(options, batch);
        batch.Run();
        return new SimulationReport(
            [.. batched.Tables(), .. curves.Tables(), .. jobs.Tables(), faults.Table()],
            [.. curves.Plots(), jobs.Plot()],
            [.. jobs.Targets(), .. batched.Targets(), curves.Target(), faults.Target()],
            skipped);
    }
}
