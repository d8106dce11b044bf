using IndustrialTwin.Operations.Spectra;

namespace IndustrialTwin.Operations.Bearings;

/// <summary>The definition in double: forward, mask, a true inverse, magnitude, spectrum.</summary>
internal static class EnvelopeReference
{
    public static SpectrumResult Run(EnvelopeInput input)
    {
        var length = input.Windows.Length;
        var layout = input.Layout.Spectrum;
        var bins = (length / 2) + 1;
        var edges = layout.BinEdges(length);
        var bands = edges.Length / 2;
        var energies = new float[input.Windows.Count * bands];
        var spectra = new float[layout.IsSpectrumIncluded ? input.Windows.Count * bins : 0];
        for (var window = 0; window < input.Windows.Count; window++)
        {
            var envelope = Envelope(input.Windows.Window(window), input.Layout);
            var mean = envelope.Average();
            var power = PowerSpectrumReference.Power(Array.ConvertAll(envelope, x => x - mean));
            for (var band = 0; band < bands; band++)
                energies[(window * bands) + band] = (float)(power[edges[2 * band]..edges[(2 * band) + 1]].Sum() / HannWindow.NoiseBandwidthBins);
            for (var k = 0; k < bins && spectra.Length > 0; k++)
                spectra[(window * bins) + k] = (float)power[k];
        }

        return new SpectrumResult(energies, spectra, bins);
    }

    public static double[] Envelope(ReadOnlySpan<float> window, EnvelopeLayout layout)
    {
        var n = window.Length;
        var real = Array.ConvertAll(window.ToArray(), x => (double)x);
        var imaginary = new double[n];
        PowerSpectrumReference.Transform(real, imaginary);
        var (first, end) = layout.Bins(n);
        for (var k = 0; k < n; k++)
        {
            var gain = k >= first && k < end ? 2.0 / n : 0;
            // Conjugated before and after, a forward transform is the inverse.
            (real[k], imaginary[k]) = (real[k] * gain, -imaginary[k] * gain);
        }

        PowerSpectrumReference.Transform(real, imaginary);
        var envelope = new double[n];
        for (var i = 0; i < n; i++)
            envelope[i] = Math.Sqrt((real[i] * real[i]) + (imaginary[i] * imaginary[i]));
        return envelope;
    }
}
