using System.Globalization;

namespace IndustrialTwin.Simulation;

/// <summary>What happens as load grows: on time up to full load, and goodput far beyond it.</summary>
internal sealed class LoadStudy
{
    private const double TightDeadlineBatches = 2.4;
    private const double OnTimeWanted = 0.99;
    private static readonly double[] Loads = [0.3, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1];
    private static readonly double[] Overloads = [0.9, 1, 1.2, 1.5, 2, 5, 10];
    private static readonly Placement[] Placements = [Placement.Omniscient, Placement.Pull, Placement.ContractNet, Placement.PowerOfTwo, Placement.Random];

    private readonly double[] _deadlines;
    private readonly Dictionary<(double Deadline, Placement Placement), SimulationBatch.Planned[]> _curves = [];
    private readonly Dictionary<Placement, SimulationBatch.Planned[]> _overload = [];

    public LoadStudy(ReportOptions options, SimulationBatch batch)
    {
        _deadlines = [options.DeadlineBatches, TightDeadlineBatches];
        foreach (var placement in Placements)
        {
            foreach (var deadline in _deadlines)
            {
                _curves[(deadline, placement)] = [.. Loads.Select(load => batch.Plan(
                    batch.Grid with { Placement = placement, Load = load, DeadlineBatches = deadline, Requests = options.Requests / 5 }))];
            }

            if (placement != Placement.ContractNet)
                _overload[placement] = [.. Overloads.Select(load => batch.Plan(batch.Grid with { Placement = placement, Load = load }))];
        }
    }

    public IEnumerable<ReportTable> Tables()
    {
        yield return new ReportTable(
            "Highest load with at least 99 % on time, Poisson",
            ["placement", .. _deadlines.Select(deadline => string.Create(CultureInfo.InvariantCulture, $"deadline {deadline} batch times"))],
            [.. Placements.Select(placement => (string[])[placement.ToString(), .. _deadlines.Select(deadline => HighestLoad(_curves[(deadline, placement)]))])],
            $"Loads tried: {string.Join(", ", Loads.Select(load => load.ToString(CultureInfo.InvariantCulture)))}.");
        yield return new ReportTable(
            "Goodput by load, Poisson",
            ["placement", .. Overloads.Select(load => string.Create(CultureInfo.InvariantCulture, $"{load} ×"))],
            [.. _overload.Select(curve => (string[])[curve.Key.ToString(), .. curve.Value.Select(run => Text.Number(run.Result.Goodput))])],
            "Work answered on time over what all devices could do in full batches; a unit's worth is its time in a full batch.");
    }

    public IEnumerable<ReportPlot> Plots()
    {
        foreach (var deadline in _deadlines)
        {
            var chart = new LineChart(string.Create(CultureInfo.InvariantCulture, $"On time by load, deadline {deadline} batch times"), "load", "on time, %");
            foreach (var placement in Placements)
                chart.Add(placement.ToString(), Loads.Zip(_curves[(deadline, placement)], (load, run) => (load, 100 * run.Result.OnTime)));
            yield return new ReportPlot(string.Create(CultureInfo.InvariantCulture, $"on-time-{deadline:0.0}"), chart.ToSvg());
        }

        var overload = new LineChart("Goodput by load", "load", "goodput");
        foreach (var (placement, runs) in _overload)
            overload.Add(placement.ToString(), Overloads.Zip(runs, (load, run) => (load, run.Result.Goodput)));
        yield return new ReportPlot("goodput", overload.ToSvg());
    }

    public ReportTarget Target()
    {
        var pull = _overload[Placement.Pull].Select(run => run.Result.Goodput).ToArray();
        var ratio = pull[^1] / pull.Max();
        return new ReportTarget("goodput at 10 × overload", "≥ 95 % of its peak", Text.Percent(ratio), ratio >= 0.95);
    }

    private static string HighestLoad(SimulationBatch.Planned[] curve)
    {
        var good = curve.TakeWhile(run => run.Result.OnTime >= OnTimeWanted).LastOrDefault();
        return good is null ? string.Create(CultureInfo.InvariantCulture, $"< {Loads[0]}") : good.Result.Options.Load.ToString("0.00", CultureInfo.InvariantCulture);
    }
}
