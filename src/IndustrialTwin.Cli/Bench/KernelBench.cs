using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Matrices;
using IndustrialTwin.Operations.Spectra;
using IndustrialTwin.Operations.Statistics;

namespace IndustrialTwin.Bench;

/// <summary>
/// Native kernels on one thread against the roofline of one thread (Williams, Waterman and Patterson, Roofline, 2009): the least of peak
/// arithmetic and arithmetic intensity × memory bandwidth. As they are used, windows come from memory beyond the last cache. Roofs and
/// kernels take turns in short rounds, by the thread's processor time, and medians count: a machine that others use moves all alike.
/// </summary>
internal static class KernelBench
{
    private const int Rounds = 25, Windows = 16, Jobs = 4, Length = 1_024, ChunkFloats = 1 << 19;
    private const long MemoryLeast = 128 << 20, MemoryMost = 1 << 30;

    public static async Task MeasureAsync(BenchReport report, CancellationToken cancellationToken)
    {
        await report.ProgressAsync("kernels");
        var bytes = Math.Clamp(4 * report.Machine.LastCacheBytes, MemoryLeast, MemoryMost);
        var memory = KernelWork.Series((int)(bytes / sizeof(float)));
        var roofs = await WindowsAsync(report, memory);
        cancellationToken.ThrowIfCancellationRequested();
        await ProductsAsync(report, roofs);
    }

    private static async Task<double> WindowsAsync(BenchReport report, float[] memory)
    {
        var (chunk, window) = (0, 0);
        var target = new float[ChunkFloats];
        var cached = new WindowBatch(memory.AsMemory(0, Windows * Length), Length);
        var whole = new SpectrumLayout(1_000, []);
        var banded = new SpectrumLayout(1_000, [new(0, 50), new(50, 100), new(100, 250), new(250, 500)], isSpectrumIncluded: false);
        using var spectra = PowerSpectrum.Instance.CreateNativeForm(NativeCode.Simd);
        using var bands = PowerSpectrum.Instance.CreateNativeForm(NativeCode.Simd);
        using var statistics = WindowStatistics.Instance.CreateNativeForm(NativeCode.Simd);
        var medians = Measure.Medians(
            Rounds,
            Peak.FlopsPerUs32,
            Peak.FlopsPerUs64,
            () => Peak.ReadBytesPerUs(Next(ref chunk, ChunkFloats)),
            () => Peak.CopyBytesPerUs(Next(ref chunk, ChunkFloats), target),
            KernelWork.Us(spectra, () => new SpectrumInput(Streamed(), whole), Windows, 32, Jobs),
            KernelWork.Us(bands, () => new SpectrumInput(Streamed(), banded), Windows, 32, Jobs),
            KernelWork.Us(statistics, Streamed, Windows, 64, Jobs),
            KernelWork.Us(spectra, () => new SpectrumInput(cached, whole), Windows, 16, Jobs),
            KernelWork.Us(bands, () => new SpectrumInput(cached, banded), Windows, 16, Jobs),
            KernelWork.Us(statistics, () => cached, Windows, 32, Jobs));
        var (peak32, peak64, bandwidth) = (medians[0], medians[1], Math.Max(medians[2], medians[3]));

        // 2.5 N log2 N of the real transform, N of the window, 3 a bin. N floats in; N / 2 + 1 out, or a value a band.
        var flops = (2.5 * Length * Math.Log2(Length)) + Length + (1.5 * Length);
        var all = Roof(flops, sizeof(float) * (Length + (Length / 2) + 1), peak32);
        var few = Roof(flops, sizeof(float) * (Length + banded.Bands.Length), peak32);

        // Sum, least and greatest; then difference, square, two sums and two fused multiply-adds: 3 + 8 on 64-bit lanes a sample.
        var figures = Roof(11.0 * Length, sizeof(float) * Length, peak64);
        await report.AddAsync(
            "One thread's roofs",
            [
                new("fused multiply-adds, 32 bit", peak32 / 1e3, "GFLOP/s"),
                new("fused multiply-adds, 64 bit", peak64 / 1e3, "GFLOP/s"),
                new($"reading {(long)memory.Length * sizeof(float) >> 20} MiB", medians[2] / 1e3, "GB/s"),
                new("copying from there, bytes read and written", medians[3] / 1e3, "GB/s"),
            ]);
        await report.AddAsync(
            $"Kernels over windows of {Length} samples, {Jobs} jobs of {Windows} windows a launch",
            [
                new("power spectrum, all bins, from memory", medians[4], "µs CPU / window"),
                new("  roofline / figure", all / medians[4], "", Aim.AtLeast(0.5)),
                new("  from the cache", medians[7], "µs CPU / window"),
                new("  from the cache, of peak", flops / medians[7] / peak32, ""),
                new("power spectrum, 4 bands, from memory", medians[5], "µs CPU / window"),
                new("  roofline / figure", few / medians[5], "", Aim.AtLeast(0.5)),
                new("  from the cache", medians[8], "µs CPU / window"),
                new("  from the cache, of peak", flops / medians[8] / peak32, ""),
                new("window statistics, 64-bit sums, from memory", medians[6], "µs CPU / window"),
                new("  roofline / figure", figures / medians[6], "", Aim.AtLeast(0.5)),
                new("  from the cache", medians[9], "µs CPU / window"),
                new("  from the cache, of peak", 11.0 * Length / medians[9] / peak64, ""),
            ],
            "The roofline is the least of peak arithmetic and intensity × bandwidth. Peak counts two operations for each fused multiply-add; "
            + "a transform is mostly sums, which count one.");
        return peak32;

        double Roof(double operations, double moved, double peak) => Math.Max(operations / peak, moved / bandwidth);

        WindowBatch Streamed() => new(Next(ref window, Windows * Length), Length);

        ReadOnlyMemory<float> Next(ref int at, int length)
        {
            at = at + (2 * length) > memory.Length ? 0 : at + length;
            return memory.AsMemory(at, length);
        }
    }

    private static async Task ProductsAsync(BenchReport report, double peakBefore)
    {
        const int Small = 512, Large = 1_024;
        using var form = MatrixProduct.Instance.CreateNativeForm(NativeCode.Simd);
        var values = KernelWork.Series(Large * Large);
        var medians = Measure.Medians(
            Rounds, Peak.FlopsPerUs32, KernelWork.Us(form, () => Square(Small), 1, 2), Peak.FlopsPerUs32, KernelWork.Us(form, () => Square(Large), 1, 1));
        var peak = Math.Max(peakBefore, Math.Max(medians[0], medians[2]));
        await report.AddAsync(
            "Matrix product, 32 bit",
            [
                new($"{Small} × {Small} × {Small}", medians[1] / 1e3, "ms CPU"),
                new("  of peak", 2.0 * Small * Small * Small / medians[1] / peak, "", Aim.AtLeast(0.8)),
                new($"{Large} × {Large} × {Large}", medians[3] / 1e3, "ms CPU"),
                new("  of peak", 2.0 * Large * Large * Large / medians[3] / peak, "", Aim.AtLeast(0.8)),
            ]);

        MatrixProductInput Square(int n) => new(values.AsMemory(0, n * n), values.AsMemory(0, n * n), n, n, n);
    }
}
