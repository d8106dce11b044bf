using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace IndustrialTwin.Operations.Spectra;

/// <summary>Where a transform's first pass reads from; the others read what it wrote.</summary>
internal interface IFirstPassSource
{
    /// <summary>Eight complex elements from <paramref name="index"/> on.</summary>
    void Load(nint index, out Vector256<float> real, out Vector256<float> imaginary);

    /// <summary>Sixteen.</summary>
    void LoadWide(nint index, out Vector512<float> real, out Vector512<float> imaginary);
}

/// <summary>A plane of real parts and, so many elements further, one of imaginary parts.</summary>
internal readonly unsafe struct PlaneSource(float* planes, nint length) : IFirstPassSource
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Load(nint index, out Vector256<float> real, out Vector256<float> imaginary)
    {
        real = Vector256.Load(planes + index);
        imaginary = Vector256.Load(planes + length + index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void LoadWide(nint index, out Vector512<float> real, out Vector512<float> imaginary)
    {
        real = Vector512.Load(planes + index);
        imaginary = Vector512.Load(planes + length + index);
    }
}

/// <summary>
/// A window of real samples under its Hann weights: even samples are the real parts, odd ones the imaginary parts. A pass reads the window
/// in eighths, which no processor foresees; so meanwhile it asks for the first half of the window behind it, and later for the second.
/// </summary>
internal readonly unsafe struct WindowSource(float* samples, float* hann, nint length) : IFirstPassSource
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Load(nint index, out Vector256<float> real, out Vector256<float> imaginary)
    {
        var at = 2 * index;

        // Asking for what is not there, behind the last window, has no effect.
        Sse.Prefetch0(samples + length + index);
        var low = Vector256.Load(samples + at) * Vector256.Load(hann + at);
        var high = Vector256.Load(samples + at + 8) * Vector256.Load(hann + at + 8);
        if (Avx512F.VL.IsSupported)
        {
            real = Avx512F.VL.PermuteVar8x32x2(low, Vector256.Create(0, 2, 4, 6, 8, 10, 12, 14), high);
            imaginary = Avx512F.VL.PermuteVar8x32x2(low, Vector256.Create(1, 3, 5, 7, 9, 11, 13, 15), high);
            return;
        }

        // Within halves: (l0 l2 h0 h2, l4 l6 h4 h6); then the middle quarters change places.
        real = Avx2.Permute4x64(Avx.Shuffle(low, high, 0b10_00_10_00).AsDouble(), 0b11_01_10_00).AsSingle();
        imaginary = Avx2.Permute4x64(Avx.Shuffle(low, high, 0b11_01_11_01).AsDouble(), 0b11_01_10_00).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void LoadWide(nint index, out Vector512<float> real, out Vector512<float> imaginary)
    {
        var at = 2 * index;
        Sse.Prefetch0(samples + length + index);
        var low = Vector512.Load(samples + at) * Vector512.Load(hann + at);
        var high = Vector512.Load(samples + at + 16) * Vector512.Load(hann + at + 16);
        var evens = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
        real = Avx512F.PermuteVar16x32x2(low, evens, high);
        imaginary = Avx512F.PermuteVar16x32x2(low, evens + Vector512.Create(1), high);
    }
}
