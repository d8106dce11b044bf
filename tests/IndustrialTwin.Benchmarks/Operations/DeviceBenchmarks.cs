using System.Diagnostics;
using IndustrialTwin.Devices;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Spectra;

namespace IndustrialTwin.Benchmarks.Operations;

/// <summary>What a device's queue costs a request, and what launching jobs together gains. Callers wait for each answer before they ask again.</summary>
internal static class DeviceBenchmarks
{
    private const int Rounds = 7;
    private const int Jobs = 20_000;
    private const int Callers = 64;
    private static readonly SpectrumInput Input = new(
        new WindowBatch(Enumerable.Range(0, 256).Select(i => (float)Math.Sin(i)).ToArray(), 256), new SpectrumLayout(256, [new(0, 100)], isSpectrumIncluded: false));

    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var joined = await DeviceDiscovery.OpenNativeAsync("joined");
        await using var single = await DeviceDiscovery.OpenNativeAsync("single", options: new DeviceOptions { BatchWindowsMax = 1 });
        using var form = PowerSpectrum.Instance.CreateNativeForm(NativeCode.Simd);
        var results = new SpectrumResult[1];
        var medians = await Measure.MediansAsync(
            Rounds,
            () => Task.FromResult(Measure.CpuUs(Jobs * 4, () =>
            {
                for (var i = 0; i < Jobs * 4; i++)
                    form.Launch([Input], results);
            })),
            async () => (await RunAsync(joined, 1, Jobs / 4)).CpuUs,
            async () => (await RunAsync(joined, Callers, Jobs)).CpuUs,
            async () => (await RunAsync(joined, Callers, Jobs)).PerSecond,
            async () => (await RunAsync(single, Callers, Jobs)).PerSecond,
            async () => (await RunAsync(joined, Callers, Jobs)).P95Us,
            async () => (await RunAsync(single, Callers, Jobs)).P95Us);
        return
        [
            new Row("request through a device without the kernel, 1 caller", medians[1] - medians[0], "µs CPU/request", "the kernel alone", medians[0], "≤ 50 µs"),
            new Row($"request through a device without the kernel, {Callers} callers", medians[2] - medians[0], "µs CPU/request", "the kernel alone", medians[0], "≤ 50 µs"),
            new Row($"jobs launched together, {Callers} callers", medians[3], "jobs/s", "one launch a job", medians[4]),
            new Row("the same, 95th percentile", medians[5], "µs", "one launch a job", medians[6]),
            new Row(
                "jobs launched together at equal 95th percentile", medians[3], "jobs/s", "one launch a job, as many callers as keep it",
                await MostWithinAsync(single, medians[5]), "≥ 3"),
        ];
    }

    /// <summary>The most jobs a second that a device does for some number of callers while the 95th percentile stays within a limit.</summary>
    private static async Task<double> MostWithinAsync(IComputeDevice device, double p95Us)
    {
        var most = 0.0;
        foreach (var callers in new[] { 1, 2, 4, 8, 16, 32 })
        {
            var medians = await Measure.MediansAsync(
                Rounds,
                async () => (await RunAsync(device, callers, Jobs / 4)).PerSecond,
                async () => (await RunAsync(device, callers, Jobs / 4)).P95Us);
            if (medians[1] <= p95Us)
                most = Math.Max(most, medians[0]);
        }

        return most;
    }

    private static async Task<(double CpuUs, double PerSecond, double P95Us)> RunAsync(IComputeDevice device, int callers, int jobs)
    {
        var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        var start = Stopwatch.GetTimestamp();
        var each = jobs / callers;
        var waits = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var mine = new double[each];
            for (var i = 0; i < each; i++)
            {
                var asked = Stopwatch.GetTimestamp();
                var outcome = await device.RunAsync(PowerSpectrum.Instance, Input);
                if (outcome.Kind != JobOutcomeKind.Done)
                    throw new InvalidOperationException(outcome.Reason);
                mine[i] = Stopwatch.GetElapsedTime(asked).TotalMicroseconds;
            }

            return mine;
        })));
        var elapsed = Stopwatch.GetElapsedTime(start);
        process.Refresh();
        var cpu = process.TotalProcessorTime - before;
        var sorted = waits.SelectMany(wait => wait).Order().ToArray();
        return (cpu.TotalMicroseconds / sorted.Length, sorted.Length / elapsed.TotalSeconds, Measure.Percentile(sorted, 0.95));
    }
}
