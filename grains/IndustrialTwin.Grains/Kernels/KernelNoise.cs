namespace IndustrialTwin.Kernels;

/// <summary>Numbers for requests that only measure what a launch costs. Equal counts give equal numbers.</summary>
public static class KernelNoise
{
    /// <summary>Numbers that one request of noise may hold: a kernel's name may come from anywhere, and its shape with it.</summary>
    public const int CountMax = 1 << 22;

    /// <summary>So many numbers, even in -0.5 to 0.5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There would be fewer than 0 or more than <see cref="CountMax"/>.</exception>
    public static float[] Floats(long count) => Fill(new float[Checked(count)], random => (float)random.NextDouble() - 0.5f);

    /// <summary>The same in double precision.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There would be fewer than 0 or more than <see cref="CountMax"/>.</exception>
    public static double[] Doubles(long count) => Fill(new double[Checked(count)], random => random.NextDouble() - 0.5);

    /// <summary>So many bytes, even in 0 to 255.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There would be fewer than 0 or more than <see cref="CountMax"/>.</exception>
    public static byte[] Bytes(long count) => Fill(new byte[Checked(count)], random => (byte)random.Next(256));

    internal static long Checked(long count) => count is >= 0 and <= CountMax
        ? count
        : throw new ArgumentOutOfRangeException(nameof(count), count, $"Expected 0..{CountMax} numbers of noise.");

    private static T[] Fill<T>(T[] values, Func<Random, T> next)
    {
        var random = new Random(1);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = next(random);
        }

        return values;
    }
}
