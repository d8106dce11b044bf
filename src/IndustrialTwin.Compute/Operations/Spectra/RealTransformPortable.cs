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

    public override void Power(ReadOnlySpan<float> window, Span<float> power, bool isNew = false)
    {
        ReadOnlySpan<float> hann = Hann.Span;
        var planes = _transform.Planes.Span;
        for (var j = 0; j < Half; j++)
        {
            planes[j] = window[2 * j] * hann[2 * j];
            planes[Half + j] = window[(2 * j) + 1] * hann[(2 * j) + 1];
        }

        var start = _transform.Forward(0);
        ReadOnlySpan<float> real = planes.Slice(start, Half);
        ReadOnlySpan<float> imaginary = planes.Slice(start + Half, Half);
        ReadOnlySpan<float> cos = SplitCos.Span;
        ReadOnlySpan<float> sin = SplitSin.Span;
        EndBins(real[0], imaginary[0], power);
        for (var k = 1; k <= Half / 2; k++)
        {
            var mirror = Half - k;
            var evenReal = 0.5f * (real[k] + real[mirror]);
            var evenImaginary = 0.5f * (imaginary[k] - imaginary[mirror]);
            var oddReal = 0.5f * (imaginary[k] + imaginary[mirror]);
            var oddImaginary = -0.5f * (real[k] - real[mirror]);
            var twistedReal = (cos[k] * oddReal) - (sin[k] * oddImaginary);
            var twistedImaginary = (cos[k] * oddImaginary) + (sin[k] * oddReal);
            power[k] = Scale * Square(evenReal + twistedReal, evenImaginary + twistedImaginary);
            power[mirror] = Scale * Square(evenReal - twistedReal, evenImaginary - twistedImaginary);
        }
    }

    private static float Square(float real, float imaginary) => (real * real) + (imaginary * imaginary);
}
