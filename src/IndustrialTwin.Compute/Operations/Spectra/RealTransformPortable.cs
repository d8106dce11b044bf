namespace IndustrialTwin.Operations.Spectra;

/// <summary>Plain loops; runs anywhere and for every length.</summary>
internal sealed class RealTransformPortable : RealTransform
{
    private readonly ComplexTransformPortable _transform;

    public RealTransformPortable(int length)
        : base(length)
    {
        _transform = new(Half);
    }

    public override void Power(ReadOnlySpan<float> window, Span<float> power)
    {
        for (var j = 0; j < Half; j++)
        {
            _transform.Planes[j] = window[2 * j] * Hann[2 * j];
            _transform.Planes[Half + j] = window[(2 * j) + 1] * Hann[(2 * j) + 1];
        }

        var start = _transform.Forward(0);
        ReadOnlySpan<float> real = _transform.Planes.AsSpan(start, Half);
        ReadOnlySpan<float> imaginary = _transform.Planes.AsSpan(start + Half, Half);
        EndBins(real[0], imaginary[0], power);
        for (var k = 1; k <= Half / 2; k++)
        {
            var mirror = Half - k;
            var evenReal = 0.5f * (real[k] + real[mirror]);
            var evenImaginary = 0.5f * (imaginary[k] - imaginary[mirror]);
            var oddReal = 0.5f * (imaginary[k] + imaginary[mirror]);
            var oddImaginary = -0.5f * (real[k] - real[mirror]);
            var twistedReal = (SplitCos[k] * oddReal) - (SplitSin[k] * oddImaginary);
            var twistedImaginary = (SplitCos[k] * oddImaginary) + (SplitSin[k] * oddReal);
            power[k] = Scale * Square(evenReal + twistedReal, evenImaginary + twistedImaginary);
            power[mirror] = Scale * Square(evenReal - twistedReal, evenImaginary - twistedImaginary);
        }
    }

    private static float Square(float real, float imaginary) => (real * real) + (imaginary * imaginary);
}
