using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Hotelling;

namespace IndustrialTwin.Conformance;

/// <summary>Seeded inputs.</summary>
internal static class Signals
{
    public static WindowBatch Windows(int count, int length, int seed, double offset = 0)
    {
        var random = new Random(seed);
        var samples = new float[count * length];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (float)(offset + Math.Sin(i * 0.37) + (0.3 * Math.Sin(i * 1.9)) + Normal(random));
        return new WindowBatch(samples, length);
    }

    public static float[] Floats(int count, int seed)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (var i = 0; i < count; i++)
            values[i] = (float)Normal(random);
        return values;
    }

    public static RowMatrix Rows(int rows, int channels, int seed)
    {
        var random = new Random(seed);
        var values = new double[rows * channels];
        for (var r = 0; r < rows; r++)
        {
            var shared = Normal(random);
            for (var c = 0; c < channels; c++)
                values[(r * channels) + c] = (100 * c) + ((1 + c) * (Normal(random) + (0.5 * shared)));
        }

        return new RowMatrix(values, channels);
    }

    public static double[] Series(int rows, int seed, double offset = 80)
    {
        var random = new Random(seed);
        var values = new double[rows];
        for (var i = 0; i < rows; i++)
            values[i] = offset + (5 * Math.Sin(i * 0.01)) + Normal(random);
        return values;
    }

    public static double Normal(Random random)
    {
        // Box-Muller; 1 - u keeps the logarithm finite.
        return Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}
