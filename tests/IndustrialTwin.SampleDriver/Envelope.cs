using System.Numerics;
using IndustrialTwin.Protocol;

namespace IndustrialTwin.SampleDriver;

/// <summary><c>envelope-spectrum</c>.</summary>
internal static class Envelope
{
    public static LaunchResult Run(Inputs inputs, CancellationToken cancellationToken)
    {
        var (samples, windows, length) = inputs.Float32Matrix("samples");
        var rateHz = inputs.Float64("sample-rate-hz");
        var (edges, bands, pair) = inputs.Float64Matrix("bands-hz");
        var isIncluded = inputs.Int64("is-spectrum-included", 0, 1) == 1;
        var carrier = inputs.Float64Vector("carrier-hz");
        inputs.End();
        inputs.Expect(carrier.Length == 2 && carrier[0] >= 0 && carrier[1] > carrier[0], $"carrier-hz is {string.Join("..", carrier)}");
        return Spectrum.Spectra(inputs, samples, windows, length, rateHz, edges, bands, pair, isIncluded, Power, cancellationToken);

        // Of the transform only the carrier is kept, doubled: back in time that is the analytic signal.
        double[] Power(float[] window)
        {
            var n = window.Length;
            var values = Array.ConvertAll(window, x => (Complex)x);
            Spectrum.Transform(values);
            var first = Math.Max(1, Math.Ceiling(carrier[0] * n / rateHz));
            var end = Math.Min(n / 2, Math.Ceiling(carrier[1] * n / rateHz));
            for (var k = 0; k < n; k++)
                values[k] = k >= first && k < end ? Complex.Conjugate(values[k] * 2 / n) : 0;
            Spectrum.Transform(values);
            var envelope = Array.ConvertAll(values, value => value.Magnitude);
            var mean = envelope.Average();
            return Spectrum.Power(Array.ConvertAll(envelope, x => x - mean));
        }
    }
}
