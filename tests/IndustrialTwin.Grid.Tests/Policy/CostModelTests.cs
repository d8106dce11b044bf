using CsCheck;
using Xunit;

namespace IndustrialTwin.Policy;

public sealed class CostModelTests
{
    private static readonly Gen<(double Setup, double Unit, int Seed)> Devices = Gen.Select(Gen.Double[0, 5_000], Gen.Double[5, 200], Gen.Int);

    [Fact]
    public void It_converges_to_the_device() => Devices.Sample(device =>
    {
        var model = Taught(device, 400, out _);
        foreach (var units in new[] { 8, 32, 64 })
            AssertNear(device.Setup + device.Unit * units, model.Estimate.PredictUs(units), 0.03);
        Assert.InRange(model.ErrorP99, 0, 0.1);
    }, iter: 50);

    [Fact]
    public void A_single_launch_calibrates_it()
    {
        var model = new CostModel();
        Assert.False(model.IsCalibrated);
        model.Observe(64, 10_000);
        Assert.True(model.IsCalibrated);
        AssertNear(10_000, model.Estimate.PredictUs(64), 0.01);
    }

    [Fact]
    public void It_follows_a_device_that_becomes_slower() => Gen.Select(Devices, Gen.Double[1.2, 3]).Sample((device, slowdown) =>
    {
        var model = Taught(device, 200, out var random);
        for (var i = 0; i < 80; i++)
            Teach(model, (device.Setup * slowdown, device.Unit * slowdown), random);
        AssertNear((device.Setup + device.Unit * 64) * slowdown, model.Estimate.PredictUs(64), 0.05);
    }, iter: 50);

    [Fact]
    public void It_follows_slow_drift() => Devices.Sample(device =>
    {
        var model = Taught(device, 100, out var random);
        var factor = 1.0;
        for (var i = 0; i < 500; i++)
            Teach(model, (device.Setup * (factor *= 1.002), device.Unit * factor), random);
        AssertNear((device.Setup + device.Unit * 64) * factor, model.Estimate.PredictUs(64), 0.15);
    }, iter: 20);

    [Fact]
    public void An_outlier_now_and_then_does_not_move_it() => Devices.Sample(device =>
    {
        var model = Taught(device, 200, out var random);
        for (var i = 0; i < 300; i++)
        {
            Teach(model, (device.Setup, device.Unit), random);
            if (i % 30 == 0)
                model.Observe(32, (long)(10 * (device.Setup + device.Unit * 32)) + 1);
        }

        AssertNear(device.Setup + device.Unit * 64, model.Estimate.PredictUs(64), 0.05);
    }, iter: 50);

    [Fact]
    public void A_launch_that_the_machine_held_up_does_not_make_every_other_look_too_late() => Devices.Sample(device =>
    {
        for (var taught = 5; taught < 100; taught += 9)
        {
            var model = Taught(device, taught, out var random);
            model.Observe(32, 1_000 * (device.Setup + device.Unit * 32));
            for (var i = 0; i < 100; i++)
            {
                Teach(model, (device.Setup, device.Unit), random);
                Assert.InRange(model.Estimate.BoundUs(64), 1, 2.5 * (device.Setup + device.Unit * 64) + 2);
            }
        }
    }, iter: 20);

    [Fact]
    public void Equal_batches_do_not_blur_what_setup_and_units_cost()
    {
        var model = new CostModel(new CostEstimate(2_000, 100, 0.05));
        for (var i = 0; i < 5_000; i++)
            model.Observe(64, 8_400);
        AssertNear(2_100, model.Estimate.PredictUs(1), 0.05);
        AssertNear(8_400, model.Estimate.PredictUs(64), 0.01);
    }

    [Fact]
    public void The_bound_holds_for_nearly_all_launches() => Devices.Sample(device =>
    {
        var model = Taught(device, 600, out var random);
        var over = 0;
        for (var i = 0; i < 1_000; i++)
        {
            var units = random.Next(1, 65);
            var actual = Time((device.Setup, device.Unit), units, random);
            over += actual > model.Estimate.BoundUs(units) ? 1 : 0;
            model.Observe(units, actual);
        }

        Assert.InRange(over, 0, 40);
    }, iter: 20);

    [Fact]
    public void It_refuses_nonsense()
    {
        var model = new CostModel();
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Observe(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Observe(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Observe(1, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Observe(1, double.PositiveInfinity));
    }

    private static CostModel Taught((double Setup, double Unit, int Seed) device, int launches, out Random random)
    {
        random = new Random(device.Seed);
        var model = new CostModel();
        for (var i = 0; i < launches; i++)
            Teach(model, (device.Setup, device.Unit), random);
        return model;
    }

    private static void Teach(CostModel model, (double Setup, double Unit) device, Random random)
    {
        var units = random.Next(1, 65);
        model.Observe(units, Time(device, units, random));
    }

    /// <summary>Two hundredths of noise, evenly spread over three and a half to either side.</summary>
    private static long Time((double Setup, double Unit) device, int units, Random random) =>
        Math.Max(1, (long)Math.Round((device.Setup + device.Unit * units) * (1 + 0.07 * (random.NextDouble() - 0.5))));

    private static void AssertNear(double expected, double actual, double ratio) =>
        Assert.True(Math.Abs(actual - expected) <= ratio * expected + 2, $"{actual} is not within {ratio:P0} of {expected}.");
}
