using ILGPU;
using IndustrialTwin.Operations.Spectra;

namespace IndustrialTwin.Operations.Bearings;

/// <summary>
/// From a window to its envelope, with the butterflies of <see cref="PowerSpectrumKernels"/>. Up to <see cref="SharedLengthMax"/> samples a
/// window stays in its group's shared memory. Tables are those of a real window of twice the length.
/// </summary>
internal static class EnvelopeKernels
{
    /// <summary>Two planes of floats are 32 KB, below the 48 KB that every CUDA device gives a group.</summary>
    public const int SharedLengthMax = 4_096;

    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        KernelGroups.Grouped(typeof(EnvelopeKernels), nameof(Shared)),
        KernelGroups.Indexed(typeof(EnvelopeKernels), nameof(Load)),
        KernelGroups.Indexed(typeof(EnvelopeKernels), nameof(Mask)),
        KernelGroups.Grouped(typeof(EnvelopeKernels), nameof(Magnitude)),
        .. PowerSpectrumKernels.Entries,
    ];

    /// <summary>A whole window: one group.</summary>
    public static void Shared(
        ArrayView<float> samples, ArrayView<float> table, ArrayView<float> envelope, int length, int bits, int first, int end)
    {
        var real = SharedMemory.Allocate<float>(SharedLengthMax);
        var imaginary = SharedMemory.Allocate<float>(SharedLengthMax);
        var sums = SharedMemory.Allocate<float>(KernelGroups.ThreadsMax);
        var from = (long)Grid.IdxX * length;
        for (var j = Group.IdxX; j < length; j += Group.DimX)
        {
            var to = PowerSpectrumKernels.Reverse(j, bits);
            real[to] = samples[from + j];
            imaginary[to] = 0;
        }

        for (var span = 1; span < length; span *= 2)
        {
            Group.Barrier();
            for (var b = Group.IdxX; b < length / 2; b += Group.DimX)
                PowerSpectrumKernels.Butterfly(real, imaginary, table, 0, b, span, 2 * length);
        }

        Group.Barrier();
        for (var j = Group.IdxX; j < length; j += Group.DimX)
        {
            // Bit reversal exchanges pairs, so one thread moves both and nobody else touches them.
            var mirror = PowerSpectrumKernels.Reverse(j, bits);
            if (j <= mirror)
            {
                var keep = j >= first && j < end ? 1f : 0f;
                var keepMirror = mirror >= first && mirror < end ? 1f : 0f;
                var (re, im) = (real[j] * keep, imaginary[j] * keep);
                real[j] = real[mirror] * keepMirror;
                imaginary[j] = imaginary[mirror] * keepMirror;
                real[mirror] = re;
                imaginary[mirror] = im;
            }
        }

        for (var span = 1; span < length; span *= 2)
        {
            Group.Barrier();
            for (var b = Group.IdxX; b < length / 2; b += Group.DimX)
                PowerSpectrumKernels.Butterfly(real, imaginary, table, 0, b, span, 2 * length);
        }

        Group.Barrier();
        var sum = 0f;
        for (var j = Group.IdxX; j < length; j += Group.DimX)
        {
            real[j] = 2f / length * MathF.Sqrt((real[j] * real[j]) + (imaginary[j] * imaginary[j]));
            sum += real[j];
        }

        sums[Group.IdxX] = sum;
        for (var half = Group.DimX / 2; half > 0; half /= 2)
        {
            Group.Barrier();
            if (Group.IdxX < half)
                sums[Group.IdxX] += sums[Group.IdxX + half];
        }

        Group.Barrier();
        var mean = sums[0] / length;
        for (var j = Group.IdxX; j < length; j += Group.DimX)
            envelope[from + j] = real[j] - mean;
    }

    /// <summary>Long windows, step 1: one thread a sample.</summary>
    public static void Load(
        Index1D index, ArrayView<float> samples, ArrayView<float> real, ArrayView<float> imaginary, int length, int bits)
    {
        var window = index.X / length;
        var from = (long)window * length;
        var to = from + PowerSpectrumKernels.Reverse(index.X - (window * length), bits);
        real[to] = samples[from + index.X - (window * length)];
        imaginary[to] = 0;
    }

    /// <summary>Long windows, between the two transforms: one thread a bin.</summary>
    public static void Mask(
        Index1D index,
        ArrayView<float> real,
        ArrayView<float> imaginary,
        ArrayView<float> nextReal,
        ArrayView<float> nextImaginary,
        int length,
        int bits,
        int first,
        int end)
    {
        var window = index.X / length;
        var k = index.X - (window * length);
        var to = ((long)window * length) + PowerSpectrumKernels.Reverse(k, bits);
        var keep = k >= first && k < end ? 1f : 0f;
        nextReal[to] = real[index.X] * keep;
        nextImaginary[to] = imaginary[index.X] * keep;
    }

    /// <summary>Long windows, last step: one group a window; its mean is summed with compensation (Kahan 1965).</summary>
    public static void Magnitude(ArrayView<float> real, ArrayView<float> imaginary, ArrayView<float> envelope, int length)
    {
        var sums = SharedMemory.Allocate<float>(KernelGroups.ThreadsMax);
        var from = (long)Grid.IdxX * length;
        var sum = 0f;
        var lost = 0f;
        for (var j = Group.IdxX; j < length; j += Group.DimX)
        {
            var at = from + j;
            var value = 2f / length * MathF.Sqrt((real[at] * real[at]) + (imaginary[at] * imaginary[at]));
            envelope[at] = value;
            var next = value - lost;
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

        Group.Barrier();
        var mean = sums[0] / length;
        for (var j = Group.IdxX; j < length; j += Group.DimX)
            envelope[from + j] -= mean;
    }
}
