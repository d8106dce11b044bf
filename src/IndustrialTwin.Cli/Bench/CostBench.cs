using System.Diagnostics;
using IndustrialTwin.Devices;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Gaussian;
using IndustrialTwin.Operations.Hotelling;
using IndustrialTwin.Operations.Matrices;
using IndustrialTwin.Operations.Spectra;
using IndustrialTwin.Operations.Statistics;
using IndustrialTwin.Policy;

namespace IndustrialTwin.Bench;

/// <summary>Launches of many sizes on the native device, each predicted by the grid's cost model before it is measured and learned.</summary>
internal static class CostBench
{
    private const int Learned = 64, Judged = 512, SizeMost = 64, Channels = 8;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    public static async Task MeasureAsync(BenchReport report, CancellationToken cancellationToken)
    {
        await report.ProgressAsync("cost prediction on a device");
        await using var device = await DeviceDiscovery.OpenNativeAsync();
        var series = KernelWork.Series(SizeMost * 1_024);
        var rows = Array.ConvertAll(KernelWork.Series(SizeMost * 256 * Channels), value => (double)value);
        var long64 = Array.ConvertAll(series, value => (double)value);
        var model = HotellingFit.Instance.Reference(new HotellingFitInput(new RowMatrix(rows.AsMemory(0, 1_000 * Channels), Channels)));
        var layout = new SpectrumLayout(1_000, [new(0, 50), new(50, 500)], isSpectrumIncluded: false);
        (string Kernel, Func<int, Task<TimeSpan>> Launch)[] kernels =
        [
            ("window-statistics.1024", size => RunAsync(WindowStatistics.Instance, Batch(size))),
            ("power-spectrum.1024", size => RunAsync(PowerSpectrum.Instance, new SpectrumInput(Batch(size), layout))),
            ("hotelling-score.8", size => RunAsync(HotellingScore.Instance, new HotellingScoreInput(new RowMatrix(rows.AsMemory(0, size * 256 * Channels), Channels), model))),
            ("gaussian-likelihood.1024", size => RunAsync(
                GaussianLikelihood.Instance, new GaussianLikelihoodInput(long64.AsMemory(0, 1_024 + (size * 256)), 0, 1_024, size * 256, 1_024, 1))),
            ("matrix-product.256", size => RunAsync(MatrixProduct.Instance, new MatrixProductInput(series.AsMemory(0, 256 * 256), series.AsMemory(0, 256 * size), 256, 256, size))),
        ];
        var findings = new List<Finding>();
        foreach (var (kernel, launch) in kernels)
        {
            findings.AddRange(await JudgeAsync(kernel, launch, cancellationToken));
        }

        await report.AddAsync(
            "Predictions of launches on the native device",
            findings,
            $"{Judged} launches of 1 to {SizeMost} units in random order, after a second of warming up and {Learned} that were only learned from. The aim is for processors that nobody else uses.");

        WindowBatch Batch(int windows) => new(series.AsMemory(0, windows * 1_024), 1_024);

        async Task<TimeSpan> RunAsync<TInput, TResult>(Operation<TInput, TResult> operation, TInput input)
        {
            var outcome = await device.RunAsync(operation, input, cancellationToken: cancellationToken);
            return outcome.Kind == JobOutcomeKind.Done ? outcome.Timing.LaunchDuration : throw new InvalidOperationException($"{operation.Name}: {outcome.Reason}");
        }
    }

    private static async Task<Finding[]> JudgeAsync(string kernel, Func<int, Task<TimeSpan>> launch, CancellationToken cancellationToken)
    {
        var random = new Random(1);

        // What follows is about kernels that run as they will: the first second of one is spent on compiling it well.
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < WarmUp;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await launch(random.Next(1, SizeMost + 1));
        }

        var cost = new CostModel();
        var errors = new List<double>(Judged);
        for (var i = 0; i < Learned + Judged; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var size = random.Next(1, SizeMost + 1);
            var predicted = cost.Estimate.SetupUs + (cost.Estimate.UnitUs * size);
            var measured = (await launch(size)).TotalMicroseconds;
            cost.Observe(size, Math.Max(1, (long)measured));
            if (i >= Learned)
            {
                errors.Add(Math.Abs((measured / predicted) - 1));
            }
        }

        errors.Sort();
        return
        [
            new($"{kernel}: µs a launch", cost.Estimate.SetupUs, "µs"),
            new($"{kernel}: µs a unit", cost.Estimate.UnitUs, "µs"),
            new($"{kernel}: relative error, median", Measure.Percentile([.. errors], 0.5), ""),
            new($"{kernel}: relative error, p99", Measure.Percentile([.. errors], 0.99), "", Aim.AtMost(0.1)),
        ];
    }
}
