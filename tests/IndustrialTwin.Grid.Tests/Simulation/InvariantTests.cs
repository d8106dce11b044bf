using CsCheck;
using IndustrialTwin.Policy;
using Xunit;

namespace IndustrialTwin.Simulation;

/// <summary>What must hold whatever goes wrong, over random grids, loads, faults and seeds.</summary>
public sealed class InvariantTests
{
    private static readonly Gen<FaultOptions> Faults = Gen.Select(
        Gen.OneOfConst(0L, 5_000, 50_000), Gen.OneOfConst(0L, 50_000), Gen.Double[0, 0.05], Gen.Double[0, 0.05], Gen.Double[0, 0.05], Gen.OneOfConst(0, 0.02, 0.2),
        (device, silo, loss, doubled, late, slow) => new FaultOptions
        {
            DeviceDeathEveryUs = device, SiloDeathEveryUs = silo, LossRatio = loss, DuplicateRatio = doubled, DelayRatio = late, SlowRatio = slow, DownUs = 20_000,
        });

    private static readonly Gen<SimulationOptions> Grids = Gen.Select(
        Gen.Int[1, 1_000_000], Gen.Int[3, 24], Gen.Int[1, 16], Gen.Int[1, 3], Gen.Double[0.05, 3], Gen.Double[1.5, 8], Gen.Bool,
        (seed, devices, kernels, sites, load, deadline, isHeterogeneous) => new SimulationOptions
        {
            Seed = seed, Devices = devices, Kernels = kernels, Sites = sites, Load = load, DeadlineBatches = deadline,
            IsHeterogeneous = isHeterogeneous, ControlRatio = 0.002, Requests = 3_000,
        });

    [Fact]
    public void Each_request_ends_once_and_none_starts_late_whatever_fails() => Gen.Select(Grids, Faults).Sample((grid, faults) =>
    {
        var result = SimulationRun.Run(grid with { Faults = faults });
        Assert.Equal(grid.Requests, result.Requests);
        Assert.Equal(result.Requests, result.Ended.Sum());
        Assert.Equal(0, result.ExecutedLate);
    }, iter: 60);

    [Fact]
    public void Without_faults_no_answer_is_one_too_many() => Grids.Sample(grid =>
    {
        var result = SimulationRun.Run(grid);
        Assert.Equal(result.Requests, result.Ended.Sum());
        Assert.Equal((0, 0), (result.Surplus, result.ExecutedLate));
    }, iter: 40);

    /// <summary>
    /// One more where names cross: an accelerator is brought to a queue whose work another has just come for, and goes back to the board while
    /// the next queue calls. That is one grid in ten thousand.
    /// </summary>
    [Fact]
    public void No_device_idles_for_more_than_two_round_trips_beside_work() =>
        AssertRarelyMoreThanTwo(grid => grid with { NoiseRatio = 0 }, _ => 3, rarely: 1);

    /// <summary>A device that ends earlier than it told the board is thought to be busy until then: that is one grid in a thousand.</summary>
    [Fact]
    public void Nor_for_longer_than_it_is_thought_to_be_busy_where_launches_end_early() =>
        AssertRarelyMoreThanTwo(grid => grid, result => 2 + (double)result.EarlyUsMax / result.Options.RoundTripUs, rarely: 2);

    /// <summary>
    /// What was lost is said again after twenty round trips, which may get lost as well; what died is known after a while, and what is late
    /// comes. A device that is slow now and then may not take what others could: it is left out here.
    /// </summary>
    [Fact]
    public void With_faults_no_device_idles_for_longer_than_they_last_and_what_is_lost_is_said_again() => Gen.Select(Grids, Faults).Sample((grid, faults) =>
    {
        faults = faults with { SlowRatio = 0 };
        var result = SimulationRun.Run(EqualDevices(grid) with { Faults = faults });
        const double SaidAgain = 22;
        double RoundTrips(long timeUs) => (double)timeUs / grid.RoundTripUs;
        var lasts = (faults.DeviceDeathEveryUs > 0 || faults.SiloDeathEveryUs > 0 ? RoundTrips(faults.DetectUs) + SaidAgain : 0)
            + (faults.DelayRatio > 0 ? 2 * RoundTrips(faults.DelayUs) : 0) + (faults.LossRatio > 0 ? 4 * SaidAgain : 0);
        Assert.InRange(result.IdleRoundTripsMax, 0, 2 + lasts);
    }, iter: 40);

    [Fact]
    public void With_tiers_and_faults_requests_go_up_and_each_still_ends_once_in_time() => Gen.Select(Grids, Faults).Sample((grid, faults) =>
    {
        // Small edges that get all the work and refuse most of it, and a way to the tier above that is worth it.
        var result = SimulationRun.Run(grid with { Sites = 3, Devices = 6, Load = 4 + grid.Load, DeadlineBatches = 4, SiteMessageUs = 1_000, Requests = 6_000, Faults = faults });
        Assert.Equal(result.Requests, result.Ended.Sum());
        Assert.Equal(0, result.ExecutedLate);
        Assert.InRange(result.WentUp, 1, result.Requests);
    }, iter: 30);

    [Fact]
    public void Equal_seeds_give_equal_runs_and_others_do_not() => Gen.Select(Grids, Faults).Sample((grid, faults) =>
    {
        var options = grid with { Faults = faults, Requests = 1_000 };
        var (first, second) = (SimulationRun.Run(options), SimulationRun.Run(options));
        Assert.Equal((first.Fingerprint, first.EndUs, first.P99Us), (second.Fingerprint, second.EndUs, second.P99Us));
        Assert.NotEqual(first.Fingerprint, SimulationRun.Run(options with { Seed = grid.Seed + 1 }).Fingerprint);
    }, iter: 15);

    [Theory]
    [InlineData(Placement.Omniscient)]
    [InlineData(Placement.PowerOfTwo)]
    [InlineData(Placement.LeastLoaded)]
    [InlineData(Placement.ContractNet)]
    [InlineData(Placement.Random)]
    [InlineData(Placement.BidAndSteal)]
    public void Baselines_end_each_request_once_too(Placement placement)
    {
        var options = new SimulationOptions { Placement = placement, Requests = 5_000, Devices = 8, Load = 1.2 };
        if (placement == Placement.BidAndSteal)
            options = options with { IsJobs = true, Kernels = 1, Policy = PolicyOptions.Default with { BatchUnitsMax = 1 } };
        var result = SimulationRun.Run(options);
        Assert.Equal((5_000, 0, 0), (result.Ended.Sum(), result.Surplus, result.ExecutedLate));
    }

    private static void AssertRarelyMoreThanTwo(Func<SimulationOptions, SimulationOptions> with, Func<SimulationResult, double> most, int rarely)
    {
        var longer = 0;
        Grids.Sample(grid =>
        {
            var result = SimulationRun.Run(with(EqualDevices(grid)));
            Assert.InRange(result.IdleRoundTripsMax, 0, most(result));
            if (result.IdleRoundTripsMax > 2)
                Interlocked.Increment(ref longer);
        }, iter: 40);
        Assert.InRange(longer, 0, rarely);
    }

    /// <summary>Every device can do all that waits, and no control request takes it away.</summary>
    private static SimulationOptions EqualDevices(SimulationOptions grid) =>
        grid with { IsHeterogeneous = false, ControlRatio = 0, DeadlineBatches = Math.Max(3, grid.DeadlineBatches) };
}
