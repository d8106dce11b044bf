using IndustrialTwin.Conformance;
using IndustrialTwin.Operations.MatrixProfiles;
using Xunit;

namespace IndustrialTwin.Operations;

public sealed class MatrixProfileTests
{
    private const int Width = 50;

    [Theory]
    [InlineData(NativeCode.Simd)]
    [InlineData(NativeCode.Portable)]
    public void The_odd_cycle_is_the_discord_and_the_repeated_one_the_motif(NativeCode code)
    {
        // Strokes of a press with noise; one chatters from sample 1,000, and an unlike shape stands twice, exactly.
        var random = new Random(3);
        var samples = new float[2_000];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (float)(20 + Math.Sin(2 * Math.PI * i / Width) + (0.2 * Signals.Normal(random)));
        for (var i = 0; i < Width; i++)
            samples[1_000 + i] = (float)(20 + Math.Sin(6 * Math.PI * i / Width));
        for (var i = 0; i < 60; i++)
            samples[1_500 + i] = samples[300 + i] = (float)(20 + Math.Cos(i * i * 0.01));

        var profile = Run(samples, code);
        Assert.InRange(profile.Discord, 1_000 - Width, 1_000 + Width);
        Assert.InRange(profile.Motif.First, 300, 310);
        Assert.Equal(1_200, profile.Motif.Second - profile.Motif.First);
        Assert.Equal(0, profile.Distances[profile.Motif.First], 1e-4);
        for (var i = 0; i < profile.Distances.Length; i++)
        {
            Assert.True(Math.Abs(i - profile.Neighbours[i]) > MatrixProfile.Exclusion(Width));
            Assert.InRange(profile.Distances[i], 0, 2 * Math.Sqrt(Width));
        }
    }

    [Theory]
    [InlineData(NativeCode.Simd)]
    [InlineData(NativeCode.Portable)]
    public void A_sensor_that_stands_still_is_a_discord(NativeCode code)
    {
        var random = new Random(4);
        var samples = new float[1_000];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (float)(Math.Sin(2 * Math.PI * i / Width) + (0.05 * Signals.Normal(random)));
        Array.Fill(samples, 0.3f, 400, 2 * Width);
        var profile = Run(samples, code);
        Assert.InRange(profile.Discord, 400, 400 + Width);
        Assert.Equal(Math.Sqrt(2 * Width), profile.Distances[profile.Discord], 1e-12);
    }

    [Fact]
    public void A_width_beyond_half_the_series_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => MatrixProfile.Instance.Validate(new MatrixProfileInput(Signals.Windows(1, 20, 1), 11)));
        Assert.Contains("Width is 11; expected 4..10", error.Message, StringComparison.Ordinal);
    }

    private static MatrixProfileResult Run(float[] samples, NativeCode code)
    {
        using var form = MatrixProfile.Instance.CreateNativeForm(code);
        var results = new MatrixProfileResult[1][];
        form.Launch([new MatrixProfileInput(new WindowBatch(samples, samples.Length), Width)], results);
        return Assert.Single(results[0]);
    }
}
