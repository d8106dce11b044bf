using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using IndustrialTwin.Operations.Numerics;

namespace IndustrialTwin.Operations.MonteCarlo;

/// <summary>Eight paths in step, until the last of them has failed.</summary>
internal sealed class DegradationNative(NativeCode code) : OperationForm<DegradationInput, DegradationResult>
{
    private readonly bool _isSimd = code == NativeCode.Simd && PhiloxLanes.IsSupported;

    public override void Launch(ReadOnlySpan<DegradationInput> inputs, Span<DegradationResult> results)
    {
        for (var job = 0; job < inputs.Length; job++)
        {
            var input = inputs[job];
            var limits = DegradationWhatIf.Limits(input);
            var failures = new int[input.Paths];
            var path = 0;
            for (; _isSimd && path + PhiloxLanes.Count <= failures.Length; path += PhiloxLanes.Count)
                Eight(limits, path, input.Seed).CopyTo(failures, path);
            for (; path < failures.Length; path++)
                failures[path] = One(limits, path, input.Seed);
            results[job] = new DegradationResult(failures);
        }
    }

    private static int One(int[] limits, int path, ulong seed)
    {
        var wear = 0;
        for (var step = 1; step <= limits.Length; step++)
        {
            var draw = Philox.Draw((uint)step, (uint)path, 0, 2, (uint)seed, (uint)(seed >> 32));
            wear += BitOperations.PopCount(draw.First) + BitOperations.PopCount(draw.Second)
                + BitOperations.PopCount(draw.Third) + BitOperations.PopCount(draw.Fourth) - 64;
            if (wear >= limits[step - 1])
                return step;
        }

        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<int> Eight(int[] limits, int path, ulong seed)
    {
        var paths = PhiloxLanes.Paths(path);
        var wear = Vector256<int>.Zero;
        var failures = Vector256.Create(-1);
        for (var step = 1; step <= limits.Length; step++)
        {
            var draw = PhiloxLanes.Draw((uint)step, paths, 0, 2, (uint)seed, (uint)(seed >> 32));
            wear += (Fours(draw.First, draw.Second) + Fours(draw.Third, draw.Fourth)).AsInt32() - Vector256.Create(64);
            var fails = Vector256.GreaterThanOrEqual(wear, Vector256.Create(limits[step - 1])) & Vector256.LessThan(failures, Vector256<int>.Zero);
            failures = Vector256.ConditionalSelect(fails, Vector256.Create(step), failures);
            if (Vector256.GreaterThanOrEqualAll(failures, Vector256<int>.Zero))
                break;
        }

        return failures;
    }

    /// <summary>Set bits of two words a lane, counted in pairs, fours and bytes (Warren, Hacker's Delight, section 5-1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Fours(Vector256<uint> x, Vector256<uint> y)
    {
        var (twos, fours, eights) = (Vector256.Create(0x55555555u), Vector256.Create(0x33333333u), Vector256.Create(0x0F0F0F0Fu));
        x -= (x >> 1) & twos;
        y -= (y >> 1) & twos;
        var both = (x & fours) + ((x >> 2) & fours) + (y & fours) + ((y >> 2) & fours);
        both = (both & eights) + ((both >> 4) & eights);
        return (both * 0x01010101u) >> 24;
    }
}
