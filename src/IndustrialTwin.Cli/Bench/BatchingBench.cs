using IndustrialTwin.Devices;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Spectra;

namespace IndustrialTwin.Bench;

/// <summary>What a device's queue costs a job, and what launching jobs together gains, in this process.</summary>
internal static class BatchingBench
{
    private const int Rounds = 5, Jobs = 20_000, Callers = 64;
    private const double P95MaxMs = 1;
    private static readonly SpectrumInput Input = new(
        new WindowBatch(Enumerable.Range(0, 256).Select(i => (float)Math.Sin(i)).ToArray(), 256), new SpectrumLayout(256, [new(0, 100)], isSpectrumIncluded: false));

    public static async Task MeasureAsync(BenchReport report, CancellationToken cancellationToken)
    {
        await report.ProgressAsync("batching on a device");
        await using var joined = await DeviceDiscovery.OpenNativeAsync("joined");
        await using var single = await DeviceDiscovery.OpenNativeAsync("single", options: new DeviceOptions { BatchWindowsMax = 1 });
        using var form = PowerSpectrum.Instance.CreateNativeForm(NativeCode.Simd);
        var results = new SpectrumResult[1];
        var medians = await Measure.MediansAsync(
            Rounds,
            () => Task.FromResult(Measure.CpuUs(Jobs * 4, () =>
            {
                for (var i = 0; i < Jobs * 4; i++)
                {
                    form.Launch([Input], results);
                }
            })),
            async () => (await ClosedLoop.RunAsync(1, Jobs / 4, () => AskAsync(joined))).CpuUs,
            async () => (await ClosedLoop.RunAsync(Callers, Jobs, () => AskAsync(joined))).CpuUs);
        var (together, alone) = await ClosedLoop.BestAsync(() => AskAsync(joined), () => AskAsync(single), P95MaxMs, cancellationToken);
        await report.AddAsync(
            "Jobs of a device, in this process",
            [
                new("a job without its kernel, 1 caller", medians[1] - medians[0], "µs CPU", Aim.AtMost(50)),
                new($"a job without its kernel, {Callers} callers", medians[2] - medians[0], "µs CPU", Aim.AtMost(50)),
                new($"launched together, p95 ≤ {P95MaxMs} ms", together, "jobs / s"),
                new($"one launch a job, p95 ≤ {P95MaxMs} ms", alone, "jobs / s"),
                new("together over alone", together / alone, ""),
            ],
            "A job is the power spectrum of one window of 256 samples, one band. Without a grid around it, a launch of a native device costs little more than its kernel, so little is shared.");
    }

    private static async Task AskAsync(IComputeDevice device)
    {
        var outcome = await device.RunAsync(PowerSpectrum.Instance, Input);
        if (outcome.Kind != JobOutcomeKind.Done)
        {
            throw new InvalidOperationException($"{outcome.Kind}: {outcome.Reason}");
        }
    }
}
