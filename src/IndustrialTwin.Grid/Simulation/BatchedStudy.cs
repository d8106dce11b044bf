using System.Globalization;

namespace IndustrialTwin.Simulation;

/// <summary>Batched requests at nine tenths of the load, for each kind of arrivals and each placement.</summary>
internal sealed class BatchedStudy
{
    private const double Load = 0.9;
    private static readonly Placement[] Placements =
        [Placement.Omniscient, Placement.Pull, Placement.ContractNet, Placement.PowerOfTwo, Placement.LeastLoaded, Placement.Random];

    private readonly List<(ArrivalKind Arrivals, ArrivalTrace? Trace, SimulationBatch.Planned[] Runs)> _runs = [];
    private readonly ReportOptions _options;

    public BatchedStudy(ReportOptions options, List<(ArrivalKind Kind, ArrivalTrace? Trace)> arrivals, SimulationBatch batch)
    {
        _options = options;
        foreach (var (kind, trace) in arrivals)
        {
            _runs.Add((kind, trace, [.. Placements.Select(placement => batch.Plan(batch.Grid with
            {
                Placement = placement,
                Arrivals = kind,
                Trace = trace,
                Load = Load,
                // It asks every device for each request: a tenth of the requests is as many messages as the others send.
                Requests = placement == Placement.LeastLoaded ? options.Requests / 10 : options.Requests,
            }))]));
        }
    }

    public IEnumerable<ReportTable> Tables() => _runs.Select(study => new ReportTable(
        string.Create(
            CultureInfo.InvariantCulture,
            $"Batched requests, load {Load}, deadline {_options.DeadlineBatches} batch times, arrivals {study.Trace?.Name ?? "Poisson"} (variation of gaps {study.Trace?.GapVariation ?? 1:0.0})"),
        ["placement", "p50 ms", "p99 ms", "on time %", "of omniscient %", "goodput", "messages/request", "units/launch", "idle beside work, longest RTT"],
        [.. study.Runs.Select(run => Row(run.Result, study.Runs[0].Result))],
        "Latency is of what was done. Messages are those that place a request; its answer is not among them. The last column is measured for the policy alone. LeastLoaded is simulated for a tenth of the requests."));

    public IEnumerable<ReportTarget> Targets()
    {
        foreach (var (_, trace, runs) in _runs)
        {
            var (pull, omniscient) = (runs[1].Result, runs[0].Result);
            var ratio = pull.OnTime / omniscient.OnTime;
            yield return new ReportTarget($"on time, {trace?.Name ?? "Poisson"}, load 0.9", "≥ 99.5 % of omniscient's", Text.Percent(ratio), ratio >= 0.995);
        }

        var poisson = _runs[0].Runs[1].Result;
        yield return new ReportTarget("messages a batched request, load 0.9", "≤ 2", Text.Number(poisson.Messages), poisson.Messages <= 2);
        yield return new ReportTarget(
            "idle beside waiting work, longest", "≤ 2 round trips", Text.Number(_runs.Max(study => study.Runs[1].Result.IdleRoundTripsMax)),
            _runs.All(study => study.Runs[1].Result.IdleRoundTripsMax <= 2));
        var error = _runs.Max(study => study.Runs[1].Result.PredictionErrorP99);
        yield return new ReportTarget("launch time prediction, p99 error", "≤ 10 %", Text.Percent(error), error <= 0.1);
    }

    private static string[] Row(SimulationResult result, SimulationResult reference) =>
    [
        result.Options.Placement.ToString(),
        Text.Ms(result.P50Us),
        Text.Ms(result.P99Us),
        Text.Percent(result.OnTime),
        Text.Percent(result.OnTime / reference.OnTime),
        Text.Number(result.Goodput),
        result.Options.Placement == Placement.Omniscient ? "–" : Text.Number(result.Messages),
        Text.Number(result.BatchUnits, 1),
        result.Options.Placement == Placement.Pull ? Text.Number(result.IdleRoundTripsMax) : "–",
    ];
}
