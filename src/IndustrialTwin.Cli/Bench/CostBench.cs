using System.Diagnostics;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Gaussian;
using IndustrialTwin.Operations.Hotelling;
using IndustrialTwin.Operations.Matrices;
using IndustrialTwin.Operations.Spectra;
using IndustrialTwin.Operations.Statistics;
using IndustrialTwin.Policy;

namespace IndustrialTwin.Bench;

/// <summary>
/// Launches of many sizes of the native kernels, each predicted by the grid's cost model before it is measured and learned: once by the
/// processor time of its thread, which is what a model of the kernel can know, and once by the clock on the wall, which also counts
/// what else the machine did meanwhile. Each clock has a model of its own.
/// </summary>
internal static class CostBench
{
    private const int Learned = 64, Judged = 512, SizeMost = 64, Channels = 8;

    /// <summary>Wall time over processor time from which on a launch has been kept from the processor.</summary>
    private const double InterruptedLeast = 1.1;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    public static async Task MeasureAsync(BenchReport report, CancellationToken cancellationToken)
    {
        await report.ProgressAsync("cost prediction of native kernels");
        var series = KernelWork.Series(SizeMost * 1_024);
        var rows = Array.ConvertAll(KernelWork.Series(SizeMost * 256 * Channels), value => (double)value);
        var long64 = Array.ConvertAll(series, value => (double)value);
        var model = HotellingFit.Instance.Reference(new HotellingFitInput(new RowMatrix(rows.AsMemory(0, 1_000 * Channels), Channels)));
        var layout = new SpectrumLayout(1_000, [new(0, 50), new(50, 500)], isSpectrumIncluded: false);
        List<Finding> findings =
        [
            .. Judge("window-statistics.1024", WindowStatistics.Instance, Batch),
            .. Judge("power-spectrum.1024", PowerSpectrum.Instance, size => new SpectrumInput(Batch(size), layout)),
            .. Judge("hotelling-score.8", HotellingScore.Instance, size => new HotellingScoreInput(new RowMatrix(rows.AsMemory(0, size * 256 * Channels), Channels), model)),
            .. Judge(
                "gaussian-likelihood.1024", GaussianLikelihood.Instance,
                size => new GaussianLikelihoodInput(long64.AsMemory(0, 1_024 + (size * 256)), 0, 1_024, size * 256, 1_024, 1)),
            .. Judge(
                "matrix-product.256", MatrixProduct.Instance,
                size => new MatrixProductInput(series.AsMemory(0, 256 * 256), series.AsMemory(0, 256 * size), 256, 256, size)),
        ];
        await report.AddAsync(
            "Predictions of launches of native kernels",
            findings,
            $"{Judged} launches of 1 to {SizeMost} units in random order on one thread, after a second of warming up and {Learned} that were only learned from. "
            + "The aim judges processor time. A floor is what launches of equal size differ by among themselves, without any model: about what a prediction by size leaves at best. "
            + "Launches of half the size and more are those of a grid under load, whose batches are what the backlog makes them. An interrupted launch is an outlier to the cost model by the wall, and took a tenth longer by the wall than it had the processor.");

        WindowBatch Batch(int windows) => new(series.AsMemory(0, windows * 1_024), 1_024);

        Finding[] Judge<TInput, TResult>(string kernel, Operation<TInput, TResult> operation, Func<int, TInput> inputOf)
        {
            using var form = operation.CreateNativeForm(NativeCode.Simd);
            var results = new TResult[1];
            return Predict(
                kernel,
                size =>
                {
                    var input = inputOf(size);
                    var (began, beganUs) = (Stopwatch.GetTimestamp(), ThreadTime.Us);
                    form.Launch([input], results);
                    return (ThreadTime.Us - beganUs, Stopwatch.GetElapsedTime(began).TotalMicroseconds);
                },
                cancellationToken);
        }
    }

    private static Finding[] Predict(string kernel, Func<int, (double CpuUs, double WallUs)> launch, CancellationToken cancellationToken)
    {
        var random = new Random(1);

        // What follows is about kernels that run as they will: the first second of one is spent on compiling it well.
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < WarmUp;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            launch(random.Next(1, SizeMost + 1));
        }

        var (cpu, wall) = (new CostModel(), new CostModel());
        var (cpuErrors, wallErrors, freeErrors) = (new List<double>(Judged), new List<double>(Judged), new List<double>(Judged));
        var launches = new List<(int Size, double CpuUs, double Error)>(Judged);
        for (var i = 0; i < Learned + Judged; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var size = random.Next(1, SizeMost + 1);
            var (cpuUs, wallUs) = launch(size);
            if (i >= Learned)
            {
                cpuErrors.Add(ErrorOf(cpu, size, cpuUs));
                launches.Add((size, cpuUs, cpuErrors[^1]));
                wallErrors.Add(ErrorOf(wall, size, wallUs));
                if (!wall.IsOutlier(size, wallUs) || wallUs <= InterruptedLeast * cpuUs)
                {
                    freeErrors.Add(wallErrors[^1]);
                }
            }

            cpu.Observe(size, cpuUs);
            wall.Observe(size, wallUs);
        }

        return
        [
            new($"{kernel}: a launch", cpu.Estimate.SetupUs, "µs CPU"),
            new($"{kernel}: a unit", cpu.Estimate.UnitUs, "µs CPU"),
            new($"{kernel}: relative error of processor time, median", Quantile(cpuErrors, 0.5), ""),
            new($"{kernel}: relative error of processor time, p99", Quantile(cpuErrors, 0.99), "", Aim.AtMost(0.1)),
            new($"{kernel}: floor of that p99, off the median of equal launches", Quantile(Floor(launches), 0.99), ""),
            new($"{kernel}: p99 of launches of half the size and more", Quantile(Large(launches).ConvertAll(launch => launch.Error), 0.99), ""),
            new($"{kernel}: floor of that p99", Quantile(Floor(Large(launches)), 0.99), ""),
            new($"{kernel}: relative error of wall time, median", Quantile(wallErrors, 0.5), ""),
            new($"{kernel}: relative error of wall time, p99", Quantile(wallErrors, 0.99), ""),
            new($"{kernel}: the same without interrupted launches", Quantile(freeErrors, 0.99), ""),
            new($"{kernel}: interrupted launches", Judged - freeErrors.Count, $"of {Judged}"),
        ];
    }

    /// <summary>
    /// How far launches are off the median of those of their own size: about what a prediction by size leaves at best. Of some eight launches
    /// the median follows each a little, which makes it low; that it stays when the machine slows down, which a model follows, makes it high.
    /// </summary>
    private static List<double> Floor(List<(int Size, double CpuUs, double Error)> launches)
    {
        var medians = launches.GroupBy(launch => launch.Size).ToDictionary(equal => equal.Key, equal => Measure.Median(equal.Select(launch => launch.CpuUs)));
        return launches.ConvertAll(launch => Math.Abs((launch.CpuUs / medians[launch.Size]) - 1));
    }

    /// <summary>Full batches and those nearly so, which is what queues give under load.</summary>
    private static List<(int Size, double CpuUs, double Error)> Large(List<(int Size, double CpuUs, double Error)> launches) =>
        launches.FindAll(launch => launch.Size >= SizeMost / 2);

    private static double ErrorOf(CostModel model, int size, double elapsedUs) => Math.Abs((elapsedUs / model.Estimate.TimeUs(size)) - 1);

    private static double Quantile(List<double> errors, double share) => Measure.Percentile([.. errors.Order()], share);
}
