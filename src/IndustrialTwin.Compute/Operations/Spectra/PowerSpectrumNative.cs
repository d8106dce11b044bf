using System.Runtime.Intrinsics;

namespace IndustrialTwin.Operations.Spectra;

/// <summary>One window after the other through a transform whose tables and scratch stay in the first-level cache.</summary>
internal sealed class PowerSpectrumNative(NativeCode code) : OperationForm<SpectrumInput, SpectrumResult>
{
    private readonly bool _isSimd = code == NativeCode.Simd && Vector256.IsHardwareAccelerated;
    private readonly Dictionary<int, RealTransform> _transforms = [];

    public override void Launch(ReadOnlySpan<SpectrumInput> inputs, Span<SpectrumResult> results)
    {
        // One shape a launch: the transform and the bands are the same for all jobs.
        var length = inputs[0].Windows.Length;
        var layout = inputs[0].Layout;
        if (!_transforms.TryGetValue(length, out var transform))
            _transforms.Add(length, transform = RealTransform.Create(length, _isSimd));
        var bins = (length / 2) + 1;
        var edges = layout.BinEdges(length);
        var bands = edges.Length / 2;
        var scratch = layout.IsSpectrumIncluded ? [] : new float[bins];
        for (var job = 0; job < inputs.Length; job++)
        {
            var windows = inputs[job].Windows;
            var energies = new float[windows.Count * bands];
            var spectra = GC.AllocateUninitializedArray<float>(layout.IsSpectrumIncluded ? windows.Count * bins : 0);
            for (var window = 0; window < windows.Count; window++)
            {
                var power = layout.IsSpectrumIncluded ? spectra.AsSpan(window * bins, bins) : scratch.AsSpan();
                transform.Power(windows.Window(window), power, isNew: layout.IsSpectrumIncluded);
                BandEnergies(power, edges, energies.AsSpan(window * bands, bands), _isSimd);
            }

            results[job] = new SpectrumResult(energies, spectra, bins);
        }
    }

    /// <summary>Energies of the bands of one spectrum.</summary>
    internal static void BandEnergies(ReadOnlySpan<float> power, ReadOnlySpan<int> edges, Span<float> energies, bool isSimd)
    {
        for (var band = 0; band < energies.Length; band++)
            energies[band] = (float)(BandSum(power[edges[2 * band]..edges[(2 * band) + 1]], isSimd) / HannWindow.NoiseBandwidthBins);
    }

    private static double BandSum(ReadOnlySpan<float> power, bool isSimd)
    {
        var sum = 0.0;
        var i = 0;
        if (isSimd)
        {
            // Two pairs of sums: an addition takes several cycles, and the next one of its sum waits for it.
            Vector256<double> lows = default, highs = default, nextLows = default, nextHighs = default;
            for (; i + (2 * Vector256<float>.Count) <= power.Length; i += 2 * Vector256<float>.Count)
            {
                var (low, high) = Vector256.Widen(Vector256.Create(power.Slice(i, Vector256<float>.Count)));
                var (nextLow, nextHigh) = Vector256.Widen(Vector256.Create(power.Slice(i + Vector256<float>.Count, Vector256<float>.Count)));
                lows += low;
                highs += high;
                nextLows += nextLow;
                nextHighs += nextHigh;
            }

            // What fills no two registers: eight, four, and at most three one by one, of which each waits for the one before.
            if (i + Vector256<float>.Count <= power.Length)
            {
                var (low, high) = Vector256.Widen(Vector256.Create(power.Slice(i, Vector256<float>.Count)));
                lows += low;
                highs += high;
                i += Vector256<float>.Count;
            }

            if (i + Vector128<float>.Count <= power.Length)
            {
                var (low, high) = Vector128.Widen(Vector128.Create(power.Slice(i, Vector128<float>.Count)));
                nextLows += Vector256.Create(low, high);
                i += Vector128<float>.Count;
            }

            sum = Vector256.Sum(lows + highs + (nextLows + nextHighs));
        }

        for (; i < power.Length; i++)
            sum += power[i];
        return sum;
    }
}
