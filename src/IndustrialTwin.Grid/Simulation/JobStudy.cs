using System.Globalization;
using IndustrialTwin.Policy;

namespace IndustrialTwin.Simulation;

/// <summary>Unbatched jobs without deadlines: how near bids and stealing come to one central queue.</summary>
internal sealed class JobStudy
{
    private const int Exponential = 0;
    private static readonly double[] Loads = [0.7, 0.9, 0.95];
    private static readonly Placement[] Placements =
        [Placement.Omniscient, Placement.BidAndSteal, Placement.Bid, Placement.LeastLoaded, Placement.PowerOfTwo, Placement.Random];

    private readonly List<(string Name, Dictionary<Placement, SimulationBatch.Planned[]> Runs)> _studies = [];

    public JobStudy(ReportOptions options, List<(ArrivalKind Kind, ArrivalTrace? Trace)> arrivals, SimulationBatch batch)
    {
        foreach (var (kind, trace) in arrivals)
        {
            // Generated tokens are not the size of a job on a device that nobody shares; execution times are.
            if (kind == ArrivalKind.AzureCode)
                continue;
            _studies.Add((trace?.Name ?? "exponential", Placements.ToDictionary(placement => placement, placement => (SimulationBatch.Planned[])[.. Loads.Select(load => batch.Plan(batch.Grid with
            {
                Placement = placement,
                IsJobs = true,
                Kernels = 1,
                Arrivals = kind,
                Trace = trace,
                Load = load,
                Policy = PolicyOptions.Default with { BatchUnitsMax = 1 },
                Requests = options.Requests / 5,
            }))])));
        }
    }

    public IEnumerable<ReportTable> Tables() => _studies.Select(study => new ReportTable(
        $"Unbatched jobs, {study.Name}: p99 over the omniscient queue's",
        ["placement", .. Loads.Select(load => string.Create(CultureInfo.InvariantCulture, $"load {load}")), "messages/job at 0.9"],
        [.. Placements.Select(placement => (string[])
        [
            placement.ToString(),
            .. Loads.Select((_, i) => Text.Number(Ratio(study.Runs, placement, i))),
            placement == Placement.Omniscient ? "–" : Text.Number(study.Runs[placement][1].Result.Messages),
        ])]));

    public ReportPlot Plot()
    {
        var chart = new LineChart("Unbatched jobs, exponential: p99 over the omniscient queue's", "load", "p99 ratio");
        // Random placement would press all others to the bottom.
        foreach (var placement in Placements.Where(placement => placement != Placement.Random))
            chart.Add(placement.ToString(), Loads.Select((load, i) => (load, Ratio(_studies[Exponential].Runs, placement, i))));
        return new ReportPlot("jobs-p99", chart.ToSvg());
    }

    public IEnumerable<ReportTarget> Targets()
    {
        var ratio = Ratio(_studies[Exponential].Runs, Placement.BidAndSteal, 1);
        yield return new ReportTarget("p99 of unbatched jobs, exponential, load 0.9", "≤ 1.2 × omniscient's", Text.Number(ratio) + " ×", ratio <= 1.2);
    }

    private static double Ratio(Dictionary<Placement, SimulationBatch.Planned[]> runs, Placement placement, int load) =>
        (double)runs[placement][load].Result.P99Us / runs[Placement.Omniscient][load].Result.P99Us;
}
