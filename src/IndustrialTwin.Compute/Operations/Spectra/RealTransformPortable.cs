namespace IndustrialTwin.Operations.Spectra;

/// <summary>Plain loops; runs anywhere and for every length.</summary>
internal sealed class RealTransformPortable : RealTransform
{
    private readonly float[] _twiddleCos;
    private readonly float[] _twiddleSin;
    private float[] _real;
    private float[] _imaginary;
    private float[] _nextReal;
    private float[] _nextImaginary;

    public RealTransformPortable(int length)
        : base(length)
    {
        (_real, _imaginary, _nextReal, _nextImaginary) = (Plane(Half), Plane(Half), Plane(Half), Plane(Half));
        (_twiddleCos, _twiddleSin) = (Plane(Half), Plane(Half));
        for (var k = 0; k < Half; k++)
        {
            var (sin, cos) = Math.SinCos(-2 * Math.PI * k / Half);
            (_twiddleCos[k], _twiddleSin[k]) = ((float)cos, (float)sin);
        }
    }

    public override void Power(ReadOnlySpan<float> window, Span<float> power)
    {
        for (var j = 0; j < Half; j++)
        {
            _real[j] = window[2 * j] * Hann[2 * j];
            _imaginary[j] = window[(2 * j) + 1] * Hann[(2 * j) + 1];
        }

        var stride = 1;
        for (var n = Half; n > 1;)
        {
            if (n % 4 == 0)
            {
                Radix4(n / 4, stride);
                (n, stride) = (n / 4, stride * 4);
            }
            else
            {
                Radix2(n / 2, stride);
                (n, stride) = (n / 2, stride * 2);
            }

            (_real, _nextReal) = (_nextReal, _real);
            (_imaginary, _nextImaginary) = (_nextImaginary, _imaginary);
        }

        EndBins(_real[0], _imaginary[0], power);
        for (var k = 1; k <= Half / 2; k++)
        {
            var mirror = Half - k;
            var evenReal = 0.5f * (_real[k] + _real[mirror]);
            var evenImaginary = 0.5f * (_imaginary[k] - _imaginary[mirror]);
            var oddReal = 0.5f * (_imaginary[k] + _imaginary[mirror]);
            var oddImaginary = -0.5f * (_real[k] - _real[mirror]);
            var twistedReal = (SplitCos[k] * oddReal) - (SplitSin[k] * oddImaginary);
            var twistedImaginary = (SplitCos[k] * oddImaginary) + (SplitSin[k] * oddReal);
            power[k] = Scale * Square(evenReal + twistedReal, evenImaginary + twistedImaginary);
            power[mirror] = Scale * Square(evenReal - twistedReal, evenImaginary - twistedImaginary);
        }
    }

    private static float Square(float real, float imaginary) => (real * real) + (imaginary * imaginary);

    private void Radix4(int quarter, int stride)
    {
        for (var p = 0; p < quarter; p++)
        {
            var (c1, s1) = (_twiddleCos[p * stride], _twiddleSin[p * stride]);
            var (c2, s2) = (_twiddleCos[2 * p * stride], _twiddleSin[2 * p * stride]);
            var (c3, s3) = (_twiddleCos[3 * p * stride], _twiddleSin[3 * p * stride]);
            for (var q = 0; q < stride; q++)
            {
                var from = q + (stride * p);
                var step = stride * quarter;
                var (ar, ai) = (_real[from], _imaginary[from]);
                var (br, bi) = (_real[from + step], _imaginary[from + step]);
                var (cr, ci) = (_real[from + (2 * step)], _imaginary[from + (2 * step)]);
                var (dr, di) = (_real[from + (3 * step)], _imaginary[from + (3 * step)]);
                var (acr, aci) = (ar + cr, ai + ci);
                var (amr, ami) = (ar - cr, ai - ci);
                var (bdr, bdi) = (br + dr, bi + di);
                var (bmr, bmi) = (br - dr, bi - di);
                var to = q + (stride * 4 * p);
                Store(to, acr + bdr, aci + bdi, 1, 0);
                Store(to + stride, amr + bmi, ami - bmr, c1, s1);
                Store(to + (2 * stride), acr - bdr, aci - bdi, c2, s2);
                Store(to + (3 * stride), amr - bmi, ami + bmr, c3, s3);
            }
        }
    }

    // The passes before were of radix 4, so at the last one two elements remain and the twiddle is 1.
    private void Radix2(int half, int stride)
    {
        for (var q = 0; q < stride * half; q++)
        {
            var (ar, ai) = (_real[q], _imaginary[q]);
            var (br, bi) = (_real[q + stride], _imaginary[q + stride]);
            Store(q, ar + br, ai + bi, 1, 0);
            Store(q + stride, ar - br, ai - bi, 1, 0);
        }
    }

    private void Store(int index, float real, float imaginary, float cos, float sin)
    {
        _nextReal[index] = (real * cos) - (imaginary * sin);
        _nextImaginary[index] = (real * sin) + (imaginary * cos);
    }
}
