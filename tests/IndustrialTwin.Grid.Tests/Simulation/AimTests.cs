using IndustrialTwin.Policy;
using Xunit;

namespace IndustrialTwin.Simulation;

/// <summary>What the policy is for, in small; <c>itwin simulate</c> measures it in large.</summary>
public sealed class AimTests
{
    private static readonly SimulationOptions Grid = new() { Requests = 60_000, Devices = 16, Kernels = 12, DeadlineBatches = 5 };

    [Fact]
    public void At_nine_tenths_of_the_load_it_is_on_time_like_an_omniscient_scheduler_with_few_messages()
    {
        var (pull, omniscient) = (SimulationRun.Run(Grid), SimulationRun.Run(Grid with { Placement = Placement.Omniscient }));
        Assert.True(pull.OnTime >= 0.995 * omniscient.OnTime, $"{pull.OnTime} against {omniscient.OnTime}");
        Assert.InRange(pull.Messages, 0, 2);
        Assert.InRange(pull.PredictionErrorP99, 0, 0.1);
    }

    [Fact]
    public void Bids_and_stealing_come_near_one_central_queue()
    {
        var jobs = Grid with { IsJobs = true, Kernels = 1, Devices = 32, Policy = PolicyOptions.Default with { BatchUnitsMax = 1 } };
        var (bids, omniscient) = (SimulationRun.Run(jobs with { Placement = Placement.BidAndSteal }), SimulationRun.Run(jobs with { Placement = Placement.Omniscient }));
        Assert.True(bids.P99Us <= 1.2 * omniscient.P99Us, $"{bids.P99Us} against {omniscient.P99Us}");
    }

    [Fact]
    public void Ten_times_the_load_does_not_lower_what_is_done_in_time()
    {
        var small = Grid with { Devices = 4, Kernels = 8 };
        var peak = new[] { 1, 1.2, 1.5 }.Max(load => SimulationRun.Run(small with { Load = load }).Goodput);
        var overloaded = SimulationRun.Run(small with { Load = 10, Requests = 4 * small.Requests }).Goodput;
        Assert.True(overloaded >= 0.95 * peak, $"{overloaded} against {peak}");
    }

    [Fact]
    public void A_tier_above_helps_where_there_is_time_to_go_there()
    {
        // Two small sites get all the work, and a third of the devices are above them.
        var sites = Grid with { Devices = 12, Sites = 3, Load = 0.9, DeadlineBatches = 6 };
        var (near, far) = (SimulationRun.Run(sites), SimulationRun.Run(sites with { SiteMessageUs = 1_000_000 }));
        Assert.True(near.OnTime > far.OnTime + 0.02, $"{near.OnTime} against {far.OnTime}");
        Assert.True(near.WentUp > 0);
        Assert.Equal(0, far.WentUp);
    }

    [Fact]
    public void Control_waits_for_one_launch_at_most()
    {
        var result = SimulationRun.Run(Grid with { ControlRatio = 0.002, Load = 0.8 });
        // The longest kernel's full batch takes half as much again as the mean, and then the request itself runs.
        Assert.InRange(result.ControlP99Us, 1, 1.5 * Grid.BatchUs + 0.5 * Grid.BatchUs);
    }

    [Fact]
    public void Recorded_arrivals_are_served_in_time()
    {
        var data = Environment.GetEnvironmentVariable("ITWIN_DATA") is { Length: > 0 } given ? given : Path.Combine(Root(), "..", "shared", "data");
        var trace = ArrivalTrace.Read(ArrivalKind.AzureCode, data);
        Assert.SkipWhen(trace is null, $"The trace gpu_cluster_traces is not in {data}; set ITWIN_DATA to the folder that holds it.");
        Assert.InRange(trace.GapVariation, 170, 176);
        var options = Grid with { Arrivals = ArrivalKind.AzureCode, Trace = trace };
        var (pull, omniscient) = (SimulationRun.Run(options), SimulationRun.Run(options with { Placement = Placement.Omniscient }));
        Assert.True(pull.OnTime >= 0.995 * omniscient.OnTime, $"{pull.OnTime} against {omniscient.OnTime}");
    }

    private static string Root([System.Runtime.CompilerServices.CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
