using IndustrialTwin.Alarms;
using IndustrialTwin.Cluster;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;
using Xunit;

namespace IndustrialTwin.Analyses;

/// <summary>A user's own kernel, asked by a twin because its plant file says so.</summary>
public class KernelAnalysisTests(TwinCluster cluster)
{
    [Fact]
    public async Task A_twin_asks_a_kernel_by_its_name_and_its_alarm_judges_the_answer()
    {
        var (key, grain) = await cluster.DeclaredAsync(declaration => declaration with
        {
            Analyses = [Dose("load")],
            Alarms = [new AlarmDeclaration("overload", "load/dose", AlarmSide.High, 100, 100, 1, 1, AlarmPriority.High)],
        });
        foreach (var sequence in Enumerable.Range(0, 10))
        {
            await grain.Observe(Plant.Batch(sequence, machine: key));
        }

        var snapshot = await cluster.CaughtUpAsync(key);
        var dose = await grain.GetFeature(new SampleQuery("load/dose"));
        var force = (await grain.GetSamples(new SampleQuery("force"))).Values;
        Assert.Equal(100 / 8, dose.Count);
        for (var window = 0; window < dose.Count; window++)
        {
            Assert.Equal(force.Skip(window * 8).Take(8).Sum(load => Math.Max(0, load - 20)), dose.Values[window], 1e-3);
        }

        Assert.Equal(dose.Values.Any(value => value > 100), Assert.Single(snapshot.Alarms).Raisings > 0);
        Assert.Contains(dose.Values, value => value > 100);
    }

    [Fact]
    public async Task What_the_kernel_does_not_take_gives_no_point_and_holds_nothing_up()
    {
        var (key, grain) = await cluster.DeclaredAsync(declaration => declaration with
        {
            Analyses =
            [
                Dose("good"),
                Dose("unknown") with { Kernel = "no-such-kernel" },
                Dose("untold") with { Parameters = [] },
                Dose("too-much") with { Parameters = [new("limitKn", 20), new("gain", 1)] },
                Dose("windowless") with { Kernel = "matrix-product" },
                Dose("two") with { FeatureNames = ["dose", "other"] },
            ],
            Alarms = [],
        });
        await grain.Observe(Plant.Batch(0, machine: key));
        await grain.Observe(Plant.Batch(1, machine: key));
        await cluster.CaughtUpAsync(key);
        Assert.Equal(2, (await grain.GetFeature(new SampleQuery("good/dose"))).Count);
        foreach (var name in (string[])["unknown", "untold", "too-much", "windowless", "two"])
        {
            Assert.Equal(0, (await grain.GetFeature(new SampleQuery($"{name}/dose"))).Count);
        }
    }

    private static KernelAnalysis Dose(string name) => new(name, "acme-overload-dose", "force", 8, 8, [new("limitKn", 20)], ["dose"]);
}
