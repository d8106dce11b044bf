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

    /// <summary>By noise, which is in all bins, and by a cosine at each bin in turn, so that no bin can stand in another's place.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_transform_of_1024_samples_is_the_power_of_its_sum(bool isNew)
    {
        Assert.SkipUnless(RealTransform1024.IsSupported, "This processor has no AVX-512.");
        const int Length = RealTransform1024.WindowLength, Bins = (Length / 2) + 1, Before = 3, Behind = 32;
        var (fast, portable) = (new RealTransform1024(), new RealTransformPortable(Length));
        for (var wave = -1; wave < Bins; wave++)
        {
            var window = wave < 0 ? Noise(Length, 4) : [.. Enumerable.Range(0, Length).Select(i => MathF.Cos(2 * MathF.PI * (wave * i % Length) / Length))];
            var (room, expected) = (new float[Before + Bins + Behind], new float[Bins]);
            room.AsSpan().Fill(-1);
            fast.Power(window, room.AsSpan(Before, Bins), isNew);
            portable.Power(window, expected);
            var most = expected.Max();
            for (var k = 0; k < Bins; k++)
            {
                Assert.Equal(expected[k], room[Before + k], Tolerance * most);
            }

            Assert.All([.. room[..Before], .. room[^Behind..]], value => Assert.Equal(-1, value));
        }
    }

    [Fact]
    public void The_transform_of_1024_samples_writes_nothing_where_there_is_too_little_room()
    {
        Assert.SkipUnless(RealTransform1024.IsSupported, "This processor has no AVX-512.");
        var transform = new RealTransform1024();
        Assert.Throws<ArgumentOutOfRangeException>(() => transform.Power(new float[1_024], new float[512]));
        Assert.Throws<ArgumentOutOfRangeException>(() => transform.Power(new float[1_023], new float[513]));
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
