using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using IndustrialTwin.Operations.Numerics;

namespace IndustrialTwin.Operations.MonteCarlo;

/// <summary>Eight paths in step, until the last of them has failed; a step of a long job takes them on by some steps.</summary>
internal sealed class DegradationNative(NativeCode code) : SlicedForm<DegradationInput, DegradationResult>
{
    /// <summary>Steps of eight paths, or of one in plain code, that a step of a long job goes on: a third of a millisecond.</summary>
    private const int StepSteps = 1 << 14;

    private readonly bool _isSimd = code == NativeCode.Simd && PhiloxLanes.IsSupported;

    public override SlicedRun<DegradationResult> Begin(DegradationInput input) => new Run(input, _isSimd);

    /// <summary>Paths under way from one on: how worn they are, and when they failed.</summary>
    private struct Paths()
    {
        public Vector256<int> Wear = Vector256<int>.Zero;
        public Vector256<int> Failures = Vector256.Create(-1);
        public int Step;
    }

    private sealed class Run(DegradationInput input, bool isSimd) : SlicedRun<DegradationResult>
    {
        private readonly int[] _limits = new int[input.Steps];
        private readonly int[] _failures = new int[input.Paths];
        private Paths _paths = new();
        private int _known;
        private int _path;

        public override DegradationResult Result => new(_failures);

        public override bool Step()
        {
            for (var budget = StepSteps; budget > 0;)
            {
                var end = (int)Math.Min(_limits.Length, _paths.Step + (long)budget);
                if (_known < end)
                {
                    DegradationWhatIf.Limits(input, _limits, _known, end);
                    _known = end;
                }

                budget -= end - _paths.Step;
                var isEight = isSimd && _path + PhiloxLanes.Count <= _failures.Length;
                var haveFailed = isEight ? Eight(_limits, _path, input.Seed, ref _paths, end) : One(_limits, _path, input.Seed, ref _paths, end);
                if (!haveFailed && _paths.Step < _limits.Length)
                    continue;
                if (isEight)
                    _paths.Failures.CopyTo(_failures, _path);
                else
                    _failures[_path] = _paths.Failures[0];
                _path += isEight ? PhiloxLanes.Count : 1;
                _paths = new Paths();
                if (_path == _failures.Length)
                    return true;
            }

            return false;
        }
    }

    private static bool One(int[] limits, int path, ulong seed, ref Paths state, int end)
    {
        var wear = state.Wear[0];
        for (var step = state.Step + 1; step <= end; step++)
        {
            var draw = Philox.Draw((uint)step, (uint)path, 0, 2, (uint)seed, (uint)(seed >> 32));
            wear += BitOperations.PopCount(draw.First) + BitOperations.PopCount(draw.Second)
                + BitOperations.PopCount(draw.Third) + BitOperations.PopCount(draw.Fourth) - 64;
            if (wear >= limits[step - 1])
            {
                state.Failures = Vector256.Create(step);
                return true;
            }
        }

        (state.Wear, state.Step) = (Vector256.Create(wear), end);
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Eight(int[] limits, int path, ulong seed, ref Paths state, int end)
    {
        var paths = PhiloxLanes.Paths(path);
        var (wear, failures) = (state.Wear, state.Failures);
        var haveFailed = false;
        for (var step = state.Step + 1; step <= end; step++)
        {
            var draw = PhiloxLanes.Draw((uint)step, paths, 0, 2, (uint)seed, (uint)(seed >> 32));
            wear += (Fours(draw.First, draw.Second) + Fours(draw.Third, draw.Fourth)).AsInt32() - Vector256.Create(64);
            var fails = Vector256.GreaterThanOrEqual(wear, Vector256.Create(limits[step - 1])) & Vector256.LessThan(failures, Vector256<int>.Zero);
            failures = Vector256.ConditionalSelect(fails, Vector256.Create(step), failures);
            if (Vector256.GreaterThanOrEqualAll(failures, Vector256<int>.Zero))
            {
                haveFailed = true;
                break;
            }
        }

        (state.Wear, state.Failures, state.Step) = (wear, failures, end);
        return haveFailed;
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
