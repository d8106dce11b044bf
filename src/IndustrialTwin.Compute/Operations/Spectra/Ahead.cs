using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace IndustrialTwin.Operations.Spectra;

/// <summary>
/// Asks memory for what the next windows of <see cref="RealTransform1024"/> need while this one is computed: the window behind it into the
/// first-level cache, which has room for one more but hides little of memory's latency, and the one after that into the second. It is asked
/// line after line, a few at a time, over all of the computation: the first-level cache awaits 24 lines at most, and whatever is read
/// meanwhile queues behind a burst. Asking for what is not there, behind the last window, has no effect. Two fields travel in registers; three
/// would be copied through memory at each call.
/// </summary>
/// <param name="samples">The window behind this one.</param>
/// <param name="bins">The place of its bins, half as many and one.</param>
internal readonly unsafe struct Ahead(float* samples, float* bins)
{
    private const int Length = RealTransform1024.WindowLength;

    /// <summary>Asks for two lines of samples, and for one of bins.</summary>
    /// <param name="line">The first of the two; even.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Ask(nint line)
    {
        var at = line * AlignedFloats.LineFloats;
        Sse.Prefetch0(samples + at);
        Sse.Prefetch0(samples + at + AlignedFloats.LineFloats);
        Sse.Prefetch1(samples + Length + at);
        Sse.Prefetch1(samples + Length + at + AlignedFloats.LineFloats);
        Sse.Prefetch0(bins + (at / 2));
    }
}
