using IndustrialTwin.Conformance;
using System.Diagnostics;
using IndustrialTwin.Operations.Bearings;
using IndustrialTwin.Operations.MatrixProfiles;
using IndustrialTwin.Operations.Rolling;
using IndustrialTwin.Operations.Spectra;
using Xunit;

namespace IndustrialTwin.Operations;

/// <summary>Writes what a job costs in the vector code and in plain loops; asserts only that it ran. Time is never asserted: the machine is shared.</summary>
public sealed class CatalogueSpeed(ITestOutputHelper output)
{
    [Fact]
    public void Jobs_are_timed()
    {
        var windows = Signals.Windows(64, 1024, 1);
        Measure("envelope spectrum, 64 × 1024", EnvelopeSpectrum.Instance, new EnvelopeInput(windows, new EnvelopeLayout(new SpectrumLayout(12_000, [new(100, 110)], false), new(2_000, 5_000))));
        Measure("rolling statistics, 64 × 1024, width 64", RollingStatistics.Instance, new RollingInput(windows, 64));
        Measure("exponential statistics, 64 × 1024", ExponentialStatistics.Instance, new ExponentialInput(windows, 0.1));
        Measure("matrix profile, 8192, width 100", MatrixProfile.Instance, new MatrixProfileInput(Signals.Windows(1, 8192, 1), 100));
    }

    private void Measure<TInput, TResult>(string name, Operation<TInput, TResult> operation, TInput input)
    {
        var inputs = new[] { input };
        var results = new TResult[1];
        var best = new double[2];
        foreach (var code in (NativeCode[])[NativeCode.Simd, NativeCode.Portable])
        {
            using var form = operation.CreateNativeForm(code);
            best[(int)code] = double.MaxValue;
            var until = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 2);
            do
            {
                var start = Stopwatch.GetTimestamp();
                form.Launch(inputs, results);
                best[(int)code] = Math.Min(best[(int)code], Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }
            while (Stopwatch.GetTimestamp() < until);
        }

        output.WriteLine($"{name}: {best[0]:f0} µs, plain loops {best[1]:f0} µs, ratio {best[1] / best[0]:f1}");
        Assert.NotNull(results[0]);
    }
}
