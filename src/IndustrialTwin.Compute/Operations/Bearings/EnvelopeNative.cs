using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using IndustrialTwin.Operations.Spectra;

namespace IndustrialTwin.Operations.Bearings;

/// <summary>
/// Two forward transforms and the power spectrum. A second forward transform in place of the inverse gives the analytic signal backwards
/// in time, which neither the envelope's mean nor its power spectrum sees.
/// </summary>
internal sealed class EnvelopeNative(NativeCode code) : OperationForm<EnvelopeInput, SpectrumResult>
{
    private readonly bool _isSimd = code == NativeCode.Simd && Vector256.IsHardwareAccelerated;
    private readonly Dictionary<int, (ComplexTransform Complex, RealTransform Real)> _transforms = [];

    public override void Launch(ReadOnlySpan<EnvelopeInput> inputs, Span<SpectrumResult> results)
    {
        var length = inputs[0].Windows.Length;
        var layout = inputs[0].Layout.Spectrum;
        if (!_transforms.TryGetValue(length, out var transforms))
            _transforms.Add(length, transforms = (ComplexTransform.Create(length, _isSimd), RealTransform.Create(length, _isSimd)));
        var carrier = inputs[0].Layout.Bins(length);
        var bins = (length / 2) + 1;
        var edges = layout.BinEdges(length);
        var bands = edges.Length / 2;
        var envelope = new float[length];
        var scratch = layout.IsSpectrumIncluded ? [] : new float[bins];
        for (var job = 0; job < inputs.Length; job++)
        {
            var windows = inputs[job].Windows;
            var energies = new float[windows.Count * bands];
            var spectra = new float[layout.IsSpectrumIncluded ? windows.Count * bins : 0];
            for (var window = 0; window < windows.Count; window++)
            {
                Envelope(transforms.Complex, windows.Window(window), carrier, envelope);
                var power = layout.IsSpectrumIncluded ? spectra.AsSpan(window * bins, bins) : scratch.AsSpan();
                transforms.Real.Power(envelope, power);
                PowerSpectrumNative.BandEnergies(power, edges, energies.AsSpan(window * bands, bands), _isSimd);
            }

            results[job] = new SpectrumResult(energies, spectra, bins);
        }
    }

    private void Envelope(ComplexTransform transform, ReadOnlySpan<float> window, (int First, int End) carrier, Span<float> envelope)
    {
        var n = window.Length;
        var planes = transform.Planes.Span;
        window.CopyTo(planes);
        planes.Slice(n, n).Clear();
        var start = transform.Forward(0);
        for (var plane = start; plane < start + (2 * n); plane += n)
        {
            planes.Slice(plane, carrier.First).Clear();
            planes[(plane + carrier.End)..(plane + n)].Clear();
        }

        start = transform.Forward(start);
        Magnitude(planes.Slice(start, n), planes.Slice(start + n, n), 2f / n, envelope);
    }

    /// <summary>Magnitudes less their mean.</summary>
    private void Magnitude(ReadOnlySpan<float> real, ReadOnlySpan<float> imaginary, float gain, Span<float> envelope)
    {
        if (!_isSimd)
        {
            var sum = 0.0;
            for (var i = 0; i < envelope.Length; i++)
            {
                envelope[i] = gain * MathF.Sqrt((real[i] * real[i]) + (imaginary[i] * imaginary[i]));
                sum += envelope[i];
            }

            var mean = (float)(sum / envelope.Length);
            for (var i = 0; i < envelope.Length; i++)
                envelope[i] -= mean;
            return;
        }

        // Lengths are powers of two from 32 on: whole registers.
        var (scale, total) = (Vector256.Create(gain), Vector256<double>.Zero);
        var x = MemoryMarshal.Cast<float, Vector256<float>>(real);
        var y = MemoryMarshal.Cast<float, Vector256<float>>(imaginary);
        var to = MemoryMarshal.Cast<float, Vector256<float>>(envelope);
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = scale * Vector256.Sqrt(Vector256.MultiplyAddEstimate(x[i], x[i], y[i] * y[i]));
            var (low, high) = Vector256.Widen(to[i]);
            total += low + high;
        }

        var centre = Vector256.Create((float)(Vector256.Sum(total) / envelope.Length));
        for (var i = 0; i < to.Length; i++)
            to[i] -= centre;
    }
}
