using ILGPU;

namespace IndustrialTwin.Operations.Spectra;

/// <summary>
/// The transform as kernels: bit-reversed load, radix-2 passes in place, and the same split into even and odd parts as on the processor.
/// Up to <see cref="SharedLengthMax"/> samples a window stays in its group's shared memory from load to power.
/// </summary>
/// <remarks>Table: the window's Hann weights, then cos and sin of -2πk / length for k below half the length.</remarks>
internal static class PowerSpectrumKernels
{
    /// <summary>Two planes of half as many floats are 32 KB, below the 48 KB that every CUDA device gives a group.</summary>
    public const int SharedLengthMax = 8_192;

    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        KernelGroups.Grouped(typeof(PowerSpectrumKernels), nameof(Shared)),
        KernelGroups.Indexed(typeof(PowerSpectrumKernels), nameof(Load)),
        KernelGroups.Indexed(typeof(PowerSpectrumKernels), nameof(Pass)),
        KernelGroups.Indexed(typeof(PowerSpectrumKernels), nameof(Split)),
        KernelGroups.Grouped(typeof(PowerSpectrumKernels), nameof(Bands)),
    ];

    /// <summary>A whole window: one group.</summary>
    public static void Shared(ArrayView<float> samples, ArrayView<float> table, ArrayView<float> power, int length, int bits, float scale)
    {
        var real = SharedMemory.Allocate<float>(SharedLengthMax / 2);
        var imaginary = SharedMemory.Allocate<float>(SharedLengthMax / 2);
        var half = length / 2;
        var from = (long)Grid.IdxX * length;
        for (var j = Group.IdxX; j < half; j += Group.DimX)
        {
            var to = Reverse(j, bits);
            real[to] = samples[from + (2 * j)] * table[2 * j];
            imaginary[to] = samples[from + (2 * j) + 1] * table[(2 * j) + 1];
        }

        for (var span = 1; span < half; span *= 2)
        {
            Group.Barrier();
            for (var b = Group.IdxX; b < half / 2; b += Group.DimX)
                Butterfly(real, imaginary, table, 0, b, span, length);
        }

        Group.Barrier();
        var bins = (long)Grid.IdxX * (half + 1);
        for (var k = Group.IdxX; k <= half / 2; k += Group.DimX)
            SplitBin(real, imaginary, table, 0, power, bins, k, length, scale);
    }

    /// <summary>Long windows, step 1: one thread a complex element of all windows.</summary>
    public static void Load(
        Index1D index, ArrayView<float> samples, ArrayView<float> table, ArrayView<float> real, ArrayView<float> imaginary, int length, int bits)
    {
        var half = length / 2;
        var window = index.X / half;
        var j = index.X - (window * half);
        var from = ((long)window * length) + (2 * j);
        var to = ((long)window * half) + Reverse(j, bits);
        real[to] = samples[from] * table[2 * j];
        imaginary[to] = samples[from + 1] * table[(2 * j) + 1];
    }

    /// <summary>Long windows, step 2, launched once a pass: a barrier holds only within a group.</summary>
    public static void Pass(
        Index1D index, ArrayView<float> real, ArrayView<float> imaginary, ArrayView<float> table, int span, int length)
    {
        var quarter = length / 4;
        var window = index.X / quarter;
        Butterfly(real, imaginary, table, (long)window * (length / 2), index.X - (window * quarter), span, length);
    }

    /// <summary>Long windows, step 3: one thread a pair of bins.</summary>
    public static void Split(
        Index1D index, ArrayView<float> real, ArrayView<float> imaginary, ArrayView<float> table, ArrayView<float> power, int length, float scale)
    {
        var pairs = (length / 4) + 1;
        var window = index.X / pairs;
        var half = length / 2;
        SplitBin(real, imaginary, table, (long)window * half, power, (long)window * (half + 1), index.X - (window * pairs), length, scale);
    }

    /// <summary>Sums of bins: one group for each band of each window, summed with compensation (Kahan 1965).</summary>
    public static void Bands(ArrayView<float> power, ArrayView<int> edges, ArrayView<float> energies, int bins, int bands, float scale)
    {
        var sums = SharedMemory.Allocate<float>(KernelGroups.ThreadsMax);
        var window = Grid.IdxX / bands;
        var band = Grid.IdxX - (window * bands);
        var from = (long)window * bins;
        var sum = 0f;
        var lost = 0f;
        for (var k = edges[2 * band] + Group.IdxX; k < edges[(2 * band) + 1]; k += Group.DimX)
        {
            var next = power[from + k] - lost;
            var total = sum + next;
            lost = total - sum - next;
            sum = total;
        }

        sums[Group.IdxX] = sum;
        for (var half = Group.DimX / 2; half > 0; half /= 2)
        {
            Group.Barrier();
            if (Group.IdxX < half)
                sums[Group.IdxX] += sums[Group.IdxX + half];
        }

        if (Group.IdxX == 0)
            energies[Grid.IdxX] = sums[0] * scale;
    }

    /// <summary>One radix-2 butterfly of a complex transform of length / 2.</summary>
    internal static void Butterfly(
        ArrayView<float> real, ArrayView<float> imaginary, ArrayView<float> table, long from, int butterfly, int span, int length)
    {
        var half = length / 2;
        var j = butterfly & (span - 1);
        var low = from + (2 * (butterfly - j)) + j;
        var high = low + span;
        var twiddle = j * (half / span);
        var cos = table[length + twiddle];
        var sin = table[length + half + twiddle];
        var twistedReal = (real[high] * cos) - (imaginary[high] * sin);
        var twistedImaginary = (real[high] * sin) + (imaginary[high] * cos);
        var lowReal = real[low];
        var lowImaginary = imaginary[low];
        real[low] = lowReal + twistedReal;
        imaginary[low] = lowImaginary + twistedImaginary;
        real[high] = lowReal - twistedReal;
        imaginary[high] = lowImaginary - twistedImaginary;
    }

    private static void SplitBin(
        ArrayView<float> real,
        ArrayView<float> imaginary,
        ArrayView<float> table,
        long from,
        ArrayView<float> power,
        long to,
        int k,
        int length,
        float scale)
    {
        var half = length / 2;
        if (k == 0)
        {
            var first = real[from] + imaginary[from];
            var last = real[from] - imaginary[from];
            power[to] = 0.5f * scale * first * first;
            power[to + half] = 0.5f * scale * last * last;
            return;
        }

        var at = from + k;
        var mirror = from + half - k;
        var evenReal = 0.5f * (real[at] + real[mirror]);
        var evenImaginary = 0.5f * (imaginary[at] - imaginary[mirror]);
        var oddReal = 0.5f * (imaginary[at] + imaginary[mirror]);
        var oddImaginary = 0.5f * (real[mirror] - real[at]);
        var cos = table[length + k];
        var sin = table[length + half + k];
        var twistedReal = (cos * oddReal) - (sin * oddImaginary);
        var twistedImaginary = (cos * oddImaginary) + (sin * oddReal);
        var sumReal = evenReal + twistedReal;
        var sumImaginary = evenImaginary + twistedImaginary;
        var differenceReal = evenReal - twistedReal;
        var differenceImaginary = evenImaginary - twistedImaginary;
        power[to + k] = scale * ((sumReal * sumReal) + (sumImaginary * sumImaginary));
        power[to + half - k] = scale * ((differenceReal * differenceReal) + (differenceImaginary * differenceImaginary));
    }

    /// <summary>The lowest bits of an index in reverse order.</summary>
    internal static int Reverse(int index, int bits)
    {
        var reversed = 0;
        for (var i = 0; i < bits; i++)
        {
            reversed = (reversed << 1) | (index & 1);
            index >>= 1;
        }

        return reversed;
    }
}
