using System.Globalization;

namespace IndustrialTwin.Simulation;

/// <summary>The policy while things go wrong: each request still ends once, and nothing starts late.</summary>
internal sealed class FaultStudy
{
    private readonly List<(string Name, SimulationBatch.Planned Run)> _runs = [];

    public FaultStudy(ReportOptions options, SimulationBatch batch)
    {
        // Control runs on its own node, unbatched: a thousandth of the requests is already some hundredths of the load.
        var grid = batch.Grid with { Placement = Placement.Pull, Load = 0.7, Requests = options.Requests / 5, ControlRatio = 0.001 };
        Add("nothing", FaultOptions.None);
        Add("a device dies every 20 ms", new FaultOptions { DeviceDeathEveryUs = 20_000 });
        Add("a silo dies every 200 ms", new FaultOptions { SiloDeathEveryUs = 200_000 });
        Add("1 % of messages lost, doubled, late", new FaultOptions { LossRatio = 0.01, DuplicateRatio = 0.01, DelayRatio = 0.01 });
        Add("all of it", new FaultOptions { DeviceDeathEveryUs = 20_000, SiloDeathEveryUs = 200_000, LossRatio = 0.01, DuplicateRatio = 0.01, DelayRatio = 0.01 });

        void Add(string name, FaultOptions faults) => _runs.Add((name, batch.Plan(grid with { Faults = faults })));
    }

    public ReportTable Table() => new(
        "The policy under faults, Poisson, load 0.7",
        ["what goes wrong", "requests", "done", "refused", "expired", "surplus answers", "on time %", "p99 ms", "control p99 ms", "started late"],
        [.. _runs.Select(run => (string[])
        [
            run.Name,
            run.Run.Result.Requests.ToString(CultureInfo.InvariantCulture),
            .. run.Run.Result.Ended.Select(count => count.ToString(CultureInfo.InvariantCulture)),
            run.Run.Result.Surplus.ToString(CultureInfo.InvariantCulture),
            Text.Percent(run.Run.Result.OnTime),
            Text.Ms(run.Run.Result.P99Us),
            Text.Ms(run.Run.Result.ControlP99Us),
            run.Run.Result.ExecutedLate.ToString(CultureInfo.InvariantCulture),
        ])],
        "What died is away for 50 ms and the others know of it after 5 ms. A surplus answer came to a request that had ended, and was dropped.");

    public ReportTarget Target()
    {
        var isKept = _runs.All(run => run.Run.Result.Ended.Sum() == run.Run.Result.Requests && run.Run.Result.ExecutedLate == 0);
        return new ReportTarget("each request ends once, none starts late, under faults", "always", isKept ? "always" : "not always", isKept);
    }
}
