using System.Numerics;

namespace IndustrialTwin.Demonstration;

/// <summary>A Hann-windowed one-sided power spectrum, the plain way: a sine of amplitude A has power A²/2 over its bins.</summary>
internal static class SpectrumReference
{
    internal static double[] Power(ReadOnlySpan<double> window)
    {
        var spectrum = new Complex[window.Length];
        var weight = 0.0;
        for (var i = 0; i < window.Length; i++)
        {
            var hann = 0.5 - (0.5 * Math.Cos(2 * Math.PI * i / window.Length));
            weight += hann * hann;
            spectrum[i] = window[i] * hann;
        }

        Transform(spectrum);
        var power = new double[window.Length / 2];
        for (var bin = 0; bin < power.Length; bin++)
        {
            var magnitude = spectrum[bin].Magnitude;
            power[bin] = (bin == 0 ? 1 : 2) * magnitude * magnitude / (window.Length * weight);
        }

        return power;
    }

    internal static double Band(double[] power, double rateHz, double fromHz, double toHz)
    {
        var sum = 0.0;
        for (var bin = 0; bin < power.Length; bin++)
        {
            var hz = bin * rateHz / (2 * power.Length);
            sum += hz >= fromHz && hz < toHz ? power[bin] : 0;
        }

        return sum;
    }

    /// <summary>The radix-2 transform of Cooley and Tukey, in place.</summary>
    private static void Transform(Complex[] values)
    {
        for (int i = 1, j = 0; i < values.Length; i++)
        {
            var bit = values.Length >> 1;
            for (; (j & bit) != 0; bit >>= 1)
            {
                j ^= bit;
            }

            j ^= bit;
            if (i < j)
            {
                (values[i], values[j]) = (values[j], values[i]);
            }
        }

        for (var length = 2; length <= values.Length; length <<= 1)
        {
            var step = Complex.FromPolarCoordinates(1, -2 * Math.PI / length);
            for (var start = 0; start < values.Length; start += length)
            {
                var turn = Complex.One;
                for (var k = 0; k < length / 2; k++, turn *= step)
                {
                    var even = values[start + k];
                    var odd = values[start + k + (length / 2)] * turn;
                    values[start + k] = even + odd;
                    values[start + k + (length / 2)] = even - odd;
                }
            }
        }
    }
}
