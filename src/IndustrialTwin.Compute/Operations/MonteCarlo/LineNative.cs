using System.Runtime.Intrinsics;
using IndustrialTwin.Operations.Numerics;

namespace IndustrialTwin.Operations.MonteCarlo;

/// <summary>Eight runs in step, with masks in place of branches; what is left of them, and plain code, one after the other.</summary>
internal sealed class LineNative(NativeCode code) : OperationForm<LineInput, LineResult>
{
    private readonly bool _isSimd = code == NativeCode.Simd && PhiloxLanes.IsSupported;
    private readonly Vector256<int>[] _up = new Vector256<int>[ProductionLine.MachinesMax];
    private readonly Vector256<int>[] _parts = new Vector256<int>[ProductionLine.MachinesMax];
    private readonly Vector256<uint>[] _words = new Vector256<uint>[ProductionLine.MachinesMax];
    private readonly int[] _counts = new int[ProductionLine.MachinesMax];

    public override void Launch(ReadOnlySpan<LineInput> inputs, Span<LineResult> results)
    {
        for (var job = 0; job < inputs.Length; job++)
        {
            var produced = new int[inputs[job].Runs];
            var run = 0;
            for (; _isSimd && run + PhiloxLanes.Count <= produced.Length; run += PhiloxLanes.Count)
                Eight(inputs[job], run).CopyTo(produced, run);
            for (; run < produced.Length; run++)
                produced[run] = One(inputs[job], run);
            results[job] = new LineResult(produced, inputs[job].Cycles);
        }
    }

    private Vector256<int> Eight(in LineInput input, int run)
    {
        var line = input.Line;
        var runs = PhiloxLanes.Paths(run);
        var produced = Vector256<int>.Zero;
        Array.Fill(_up, Vector256<int>.AllBitsSet);
        Array.Clear(_parts);
        for (var cycle = 0; cycle < input.WarmUp + input.Cycles; cycle++)
        {
            for (var four = 0; 4 * four < line.Machines; four++)
            {
                var draw = PhiloxLanes.Draw((uint)cycle, runs, (uint)four, 3, (uint)input.Seed, (uint)(input.Seed >> 32));
                (_words[4 * four], _words[(4 * four) + 1]) = (draw.First, draw.Second);
                (_words[(4 * four) + 2], _words[(4 * four) + 3]) = (draw.Third, draw.Fourth);
            }

            for (var i = line.Machines - 1; i >= 0; i--)
            {
                var stays = Vector256.GreaterThanOrEqual(_words[i], Vector256.Create(line.FailureWords[i])).AsInt32();
                var returns = Vector256.LessThan(_words[i], Vector256.Create(line.RepairWords[i])).AsInt32();
                _up[i] = Vector256.ConditionalSelect(_up[i], stays, returns);
                var moves = _up[i];
                if (i > 0)
                    moves &= Vector256.GreaterThan(_parts[i - 1], Vector256<int>.Zero);
                if (i < line.Machines - 1)
                    moves &= Vector256.LessThan(_parts[i], Vector256.Create(line.Buffers[i]));
                // A mask is -1 where a part moves.
                if (i > 0)
                    _parts[i - 1] += moves;
                if (i < line.Machines - 1)
                    _parts[i] -= moves;
                else if (cycle >= input.WarmUp)
                    produced -= moves;
            }
        }

        return produced;
    }

    private int One(in LineInput input, int run)
    {
        var line = input.Line;
        var (up, produced) = (uint.MaxValue, 0);
        Array.Clear(_counts);
        Philox draw = default;
        for (var cycle = 0; cycle < input.WarmUp + input.Cycles; cycle++)
        {
            for (var i = line.Machines - 1; i >= 0; i--)
            {
                if (i == line.Machines - 1 || i % 4 == 3)
                    draw = Philox.Draw((uint)cycle, (uint)run, (uint)(i / 4), 3, (uint)input.Seed, (uint)(input.Seed >> 32));
                var word = (i % 4) switch { 0 => draw.First, 1 => draw.Second, 2 => draw.Third, _ => draw.Fourth };
                var bit = 1u << i;
                var isUp = (up & bit) != 0 ? word >= line.FailureWords[i] : word < line.RepairWords[i];
                up = isUp ? up | bit : up & ~bit;
                if (!isUp || (i > 0 && _counts[i - 1] == 0) || (i < line.Machines - 1 && _counts[i] >= line.Buffers[i]))
                    continue;
                if (i > 0)
                    _counts[i - 1]--;
                if (i < line.Machines - 1)
                    _counts[i]++;
                else if (cycle >= input.WarmUp)
                    produced++;
            }
        }

        return produced;
    }
}
