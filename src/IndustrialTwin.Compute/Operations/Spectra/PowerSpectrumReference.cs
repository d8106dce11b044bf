namespace IndustrialTwin.Operations.Spectra;

/// <summary>The definition in double: a textbook radix-2 transform of the complex sequence, no real-input short cut.</summary>
internal static class PowerSpectrumReference
{
    public static SpectrumResult Run(SpectrumInput input)
    {
        var length = input.Windows.Length;
        var bins = (length / 2) + 1;
        var edges = input.Layout.BinEdges(length);
        var bands = edges.Length / 2;
        var energies = new float[input.Windows.Count * bands];
        var spectra = new float[input.Layout.IsSpectrumIncluded ? input.Windows.Count * bins : 0];
        for (var window = 0; window < input.Windows.Count; window++)
        {
            var power = Power(input.Windows.Window(window));
            for (var band = 0; band < bands; band++)
            {
                var sum = 0.0;
                for (var k = edges[2 * band]; k < edges[(2 * band) + 1]; k++)
                    sum += power[k];
                energies[(window * bands) + band] = (float)(sum / HannWindow.NoiseBandwidthBins);
            }

            for (var k = 0; k < bins && spectra.Length > 0; k++)
                spectra[(window * bins) + k] = (float)power[k];
        }

        return new SpectrumResult(energies, spectra, bins);
    }

    public static double[] Power(ReadOnlySpan<float> window) => Power(Array.ConvertAll(window.ToArray(), x => (double)x));

    public static double[] Power(double[] window)
    {
        var n = window.Length;
        var real = new double[n];
        var imaginary = new double[n];
        for (var i = 0; i < n; i++)
            real[i] = window[i] * HannWindow.At(i, n);
        Transform(real, imaginary);
        var power = new double[(n / 2) + 1];
        for (var k = 0; k < power.Length; k++)
        {
            var square = (real[k] * real[k]) + (imaginary[k] * imaginary[k]);
            power[k] = square * HannWindow.PowerScale(n) * (k == 0 || k == n / 2 ? 0.5 : 1);
        }

        return power;
    }

    /// <summary>X[k] = Σ x[n] exp(-2πi kn / N), in place.</summary>
    public static void Transform(double[] real, double[] imaginary)
    {
        var n = real.Length;
        if (n == 1)
            return;
        double[] evenReal = new double[n / 2], evenImaginary = new double[n / 2];
        double[] oddReal = new double[n / 2], oddImaginary = new double[n / 2];
        for (var i = 0; i < n / 2; i++)
        {
            (evenReal[i], evenImaginary[i]) = (real[2 * i], imaginary[2 * i]);
            (oddReal[i], oddImaginary[i]) = (real[(2 * i) + 1], imaginary[(2 * i) + 1]);
        }

        Transform(evenReal, evenImaginary);
        Transform(oddReal, oddImaginary);
        for (var k = 0; k < n / 2; k++)
        {
            var (sin, cos) = Math.SinCos(-2 * Math.PI * k / n);
            var twistedReal = (cos * oddReal[k]) - (sin * oddImaginary[k]);
            var twistedImaginary = (cos * oddImaginary[k]) + (sin * oddReal[k]);
            (real[k], imaginary[k]) = (evenReal[k] + twistedReal, evenImaginary[k] + twistedImaginary);
            (real[k + (n / 2)], imaginary[k + (n / 2)]) = (evenReal[k] - twistedReal, evenImaginary[k] - twistedImaginary);
        }
    }
}
