using System.Numerics;
using IndustrialTwin.Protocol;

namespace IndustrialTwin.SampleDriver;

/// <summary><c>power-spectrum</c>.</summary>
internal static class Spectrum
{
    private const int BandsMax = 256;
    private const double NoiseBandwidthBins = 1.5;

    public static LaunchResult Run(Inputs inputs, CancellationToken cancellationToken)
    {
        var (samples, windows, length) = inputs.Float32Matrix("samples");
        var rateHz = inputs.Float64("sample-rate-hz");
        var (edges, bands, pair) = inputs.Float64Matrix("bands-hz");
        var isIncluded = inputs.Int64("is-spectrum-included", 0, 1) == 1;
        inputs.End();
        return Spectra(inputs, samples, windows, length, rateHz, edges, bands, pair, isIncluded, Power, cancellationToken);
    }

    /// <summary>Bands and bins of what is made of each window.</summary>
    public static LaunchResult Spectra(
        Inputs inputs, float[] samples, int windows, int length, double rateHz, double[] edges, int bands, int pair, bool isIncluded,
        Func<float[], double[]> powerOf, CancellationToken cancellationToken)
    {
        inputs.Expect(windows > 0 && length is >= 32 and <= 65_536 && BitOperations.IsPow2(length), $"samples is {windows} × {length}");
        inputs.Expect(rateHz > 0 && double.IsFinite(rateHz), $"sample-rate-hz is {rateHz}");
        inputs.Expect(bands <= BandsMax && pair == 2, $"bands-hz is {bands} × {pair}; expected at most {BandsMax} × 2");
        var bins = (length / 2) + 1;
        var energies = new float[windows * bands];
        var spectra = new float[isIncluded ? windows * bins : 0];
        for (var window = 0; window < windows; window++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var power = powerOf(samples.AsSpan(window * length, length).ToArray());
            for (var band = 0; band < bands; band++)
            {
                var sum = 0.0;
                for (var k = Edge(edges[2 * band]); k < Edge(edges[(2 * band) + 1]); k++)
                    sum += power[k];
                energies[(window * bands) + band] = (float)(sum / NoiseBandwidthBins);
            }

            for (var k = 0; k < bins && isIncluded; k++)
                spectra[(window * bins) + k] = (float)power[k];
        }

        return new LaunchResult
        {
            Outputs =
            {
                Inputs.Output("band-energies", energies, windows, bands),
                Inputs.Output("spectra", spectra, windows, isIncluded ? bins : 0),
            },
        };

        // The first bin whose frequency, bin × rate / length, is not below the edge.
        int Edge(double hz) => double.IsNaN(hz) ? 0 : (int)Math.Clamp(Math.Ceiling(hz * length / rateHz), 0, bins);
    }

    private static double[] Power(float[] window) => Power(Array.ConvertAll(window, x => (double)x));

    public static double[] Power(double[] window)
    {
        var n = window.Length;
        var values = new Complex[n];
        for (var i = 0; i < n; i++)
            values[i] = window[i] * (0.5 - (0.5 * Math.Cos(2 * Math.PI * i / n)));
        Transform(values);
        var power = new double[(n / 2) + 1];
        for (var k = 0; k < power.Length; k++)
        {
            var isMirrored = k > 0 && k < n / 2;
            power[k] = ((values[k].Real * values[k].Real) + (values[k].Imaginary * values[k].Imaginary)) * (isMirrored ? 2 : 1) / (0.25 * n * n);
        }

        return power;
    }

    /// <summary>Cooley and Tukey's transform in place, the length a power of two.</summary>
    public static void Transform(Complex[] values)
    {
        var n = values.Length;
        for (int i = 1, j = 0; i < n; i++)
        {
            var bit = n >> 1;
            for (; (j & bit) != 0; bit >>= 1)
                j ^= bit;
            j ^= bit;
            if (i < j)
                (values[i], values[j]) = (values[j], values[i]);
        }

        for (var size = 2; size <= n; size *= 2)
        {
            for (var k = 0; k < size / 2; k++)
            {
                var twiddle = Complex.FromPolarCoordinates(1, -2 * Math.PI * k / size);
                for (var start = k; start < n; start += size)
                {
                    var odd = values[start + (size / 2)] * twiddle;
                    (values[start], values[start + (size / 2)]) = (values[start] + odd, values[start] - odd);
                }
            }
        }
    }
}
