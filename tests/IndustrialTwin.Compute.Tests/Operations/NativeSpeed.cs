using System.Diagnostics;
using IndustrialTwin.Conformance;
using IndustrialTwin.Operations.Spectra;
using IndustrialTwin.Operations.Statistics;
using Xunit;

namespace IndustrialTwin.Operations;

/// <summary>Writes what one window costs here; asserts only that it ran. Time is never asserted: the machine is shared.</summary>
public sealed class NativeSpeed(ITestOutputHelper output)
{
    [Fact]
    public void A_window_costs_about_a_microsecond()
    {
        using var spectrum = PowerSpectrum.Instance.CreateNativeForm(NativeCode.Simd);
        var windows = Signals.Windows(64, 1024, 1);
        Measure("power spectrum 1024, bins", 64, spectrum, new SpectrumInput(windows, new SpectrumLayout(1_000, [])));
        Measure("power spectrum 1024, 4 bands only", 64, spectrum, new SpectrumInput(
            windows, new SpectrumLayout(1_000, [new(0, 50), new(50, 100), new(100, 250), new(250, 500)], isSpectrumIncluded: false)));
        using var statistics = WindowStatistics.Instance.CreateNativeForm(NativeCode.Simd);
        Measure("window statistics 1024", 64, statistics, windows);
    }

    private void Measure<TInput, TResult>(string name, int windows, OperationForm<TInput, TResult> form, TInput input)
    {
        var inputs = new[] { input };
        var results = new TResult[1];
        var best = double.MaxValue;
        for (var round = 0; round < 40; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < 20; i++)
                form.Launch(inputs, results);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds / (20 * windows));
        }

        output.WriteLine($"{name}: {best:f3} µs a window");
        Assert.NotNull(results[0]);
    }
}
