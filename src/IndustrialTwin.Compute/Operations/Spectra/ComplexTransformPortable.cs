namespace IndustrialTwin.Operations.Spectra;

/// <summary>Plain loops, radix 4 and one pass of radix 2 where needed; runs anywhere and for every length.</summary>
internal sealed class ComplexTransformPortable : ComplexTransform
{
    private readonly float[] _twiddleCos;
    private readonly float[] _twiddleSin;
    private Memory<float> _from;
    private Memory<float> _to;

    public ComplexTransformPortable(int length)
        : base(length)
    {
        (_twiddleCos, _twiddleSin) = (new float[length], new float[length]);
        for (var k = 0; k < length; k++)
        {
            var (sin, cos) = Math.SinCos(-2 * Math.PI * k / length);
            (_twiddleCos[k], _twiddleSin[k]) = ((float)cos, (float)sin);
        }
    }

    public override int Forward(int start)
    {
        var stride = 1;
        for (var n = Length; n > 1;)
        {
            _from = Planes.Memory.Slice(start, 2 * Length);
            start = Other(start);
            _to = Planes.Memory.Slice(start, 2 * Length);
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
        }

        return start;
    }

    private void Radix4(int quarter, int stride)
    {
        ReadOnlySpan<float> real = _from.Span[..Length];
        ReadOnlySpan<float> imaginary = _from.Span[Length..];
        var to = _to.Span;
        for (var p = 0; p < quarter; p++)
        {
            var (c1, s1) = (_twiddleCos[p * stride], _twiddleSin[p * stride]);
            var (c2, s2) = (_twiddleCos[2 * p * stride], _twiddleSin[2 * p * stride]);
            var (c3, s3) = (_twiddleCos[3 * p * stride], _twiddleSin[3 * p * stride]);
            for (var q = 0; q < stride; q++)
            {
                var from = q + (stride * p);
                var step = stride * quarter;
                var (ar, ai) = (real[from], imaginary[from]);
                var (br, bi) = (real[from + step], imaginary[from + step]);
                var (cr, ci) = (real[from + (2 * step)], imaginary[from + (2 * step)]);
                var (dr, di) = (real[from + (3 * step)], imaginary[from + (3 * step)]);
                var (acr, aci) = (ar + cr, ai + ci);
                var (amr, ami) = (ar - cr, ai - ci);
                var (bdr, bdi) = (br + dr, bi + di);
                var (bmr, bmi) = (br - dr, bi - di);
                var at = q + (stride * 4 * p);
                Store(to, at, acr + bdr, aci + bdi, 1, 0);
                Store(to, at + stride, amr + bmi, ami - bmr, c1, s1);
                Store(to, at + (2 * stride), acr - bdr, aci - bdi, c2, s2);
                Store(to, at + (3 * stride), amr - bmi, ami + bmr, c3, s3);
            }
        }
    }

    // The passes before were of radix 4, so at the last one two elements remain and the twiddle is 1.
    private void Radix2(int half, int stride)
    {
        ReadOnlySpan<float> real = _from.Span[..Length];
        ReadOnlySpan<float> imaginary = _from.Span[Length..];
        var to = _to.Span;
        for (var q = 0; q < stride * half; q++)
        {
            var (ar, ai) = (real[q], imaginary[q]);
            var (br, bi) = (real[q + stride], imaginary[q + stride]);
            Store(to, q, ar + br, ai + bi, 1, 0);
            Store(to, q + stride, ar - br, ai - bi, 1, 0);
        }
    }

    private void Store(Span<float> to, int index, float real, float imaginary, float cos, float sin)
    {
        to[index] = (real * cos) - (imaginary * sin);
        to[Length + index] = (real * sin) + (imaginary * cos);
    }
}
