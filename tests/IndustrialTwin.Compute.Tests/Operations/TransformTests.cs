using IndustrialTwin.Operations.Spectra;
using Xunit;

namespace IndustrialTwin.Operations;

/// <summary>Every way through the vector transforms, the one for wider registers left out as well, against the sums that define them.</summary>
public sealed class TransformTests
{
    private const double Tolerance = 1e-6;

    public static TheoryData<int, bool> Ways()
    {
        var ways = new TheoryData<int, bool>();
        for (var length = 64; length <= 2_048; length *= 2)
        {
            ways.Add(length, true);
            ways.Add(length, false);
        }

        return ways;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_complex_transform_is_its_sum(int length, bool isWideAllowed)
    {
        Assert.SkipUnless(ComplexTransformSimd.IsSupported, "This processor has no AVX2.");
        var transform = new ComplexTransformSimd(length, isWideAllowed);
        var (real, imaginary) = (Noise(length, 1), Noise(length, 2));
        real.CopyTo(transform.Planes.Span);
        imaginary.CopyTo(transform.Planes.Span[length..]);
        var start = transform.Forward(0);
        for (var k = 0; k < length; k++)
        {
            var (sumReal, sumImaginary) = Sum(real, imaginary, k, length);
            Assert.Equal(sumReal, transform.Planes.Span[start + k], Tolerance * length);
            Assert.Equal(sumImaginary, transform.Planes.Span[start + length + k], Tolerance * length);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_real_transform_is_the_power_of_its_sum(int half, bool isWideAllowed)
    {
        Assert.SkipUnless(ComplexTransformSimd.IsSupported, "This processor has no AVX2.");
        var length = 2 * half;
        var window = Noise(length, 3);
        var (simd, portable) = (new float[half + 1], new float[half + 1]);
        new RealTransformSimd(length, isWideAllowed).Power(window, simd);
        new RealTransformPortable(length).Power(window, portable);
        var most = portable.Max();
        for (var k = 0; k <= half; k++)
        {
            Assert.Equal(portable[k], simd[k], Tolerance * most);
        }
    }

    private static float[] Noise(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (float)random.NextDouble() - 0.5f)];
    }

    private static (double Real, double Imaginary) Sum(float[] real, float[] imaginary, int k, int length)
    {
        var (sumReal, sumImaginary) = (0.0, 0.0);
        for (var n = 0; n < length; n++)
        {
            var (sin, cos) = Math.SinCos(-2 * Math.PI * ((long)k * n % length) / length);
            sumReal += (real[n] * cos) - (imaginary[n] * sin);
            sumImaginary += (real[n] * sin) + (imaginary[n] * cos);
        }

        return (sumReal, sumImaginary);
    }
}
