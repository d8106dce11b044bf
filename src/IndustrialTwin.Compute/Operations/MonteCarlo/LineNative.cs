using System.Runtime.Intrinsics;
using IndustrialTwin.Operations.Numerics;

namespace IndustrialTwin.Operations.MonteCarlo;

/// <summary>
/// Eight runs in step, with masks in place of branches; what is left of them, and plain code, one after the other. A step of a long job takes
/// them on by some cycles.
/// </summary>
internal sealed class LineNative(NativeCode code) : SlicedForm<LineInput, LineResult>
{
    /// <summary>Cycles of one machine that a step of a long job goes on: about a third of a millisecond.</summary>
    private const int StepCycles = 1 << 15;

    private readonly bool _isSimd = code == NativeCode.Simd && PhiloxLanes.IsSupported;

    public override SlicedRun<LineResult> Begin(LineInput input) => new Run(input, _isSimd);

    private sealed class Run(LineInput input, bool isSimd) : SlicedRun<LineResult>
    {
        private readonly Vector256<int>[] _up = NewUp();
        private readonly Vector256<int>[] _parts = new Vector256<int>[ProductionLine.MachinesMax];
        private readonly Vector256<uint>[] _words = new Vector256<uint>[ProductionLine.MachinesMax];
        private readonly int[] _counts = new int[ProductionLine.MachinesMax];
        private readonly int[] _results = new int[input.Runs];
        private readonly int _end = input.WarmUp + input.Cycles;
        private Vector256<int> _produced;
        private uint _isUp = uint.MaxValue;
        private int _count;
        private int _run;
        private int _cycle;

        public override LineResult Result => new(_results, input.Cycles);

        public override bool Step()
        {
            for (var budget = Math.Max(1, StepCycles / input.Line.Machines); budget > 0;)
            {
                var end = (int)Math.Min(_end, (long)_cycle + budget);
                budget -= end - _cycle;
                var isEight = isSimd && _run + PhiloxLanes.Count <= _results.Length;
                if (isEight)
                    Eight(end);
                else
                    One(end);
                _cycle = end;
                if (_cycle < _end)
                    continue;
                if (isEight)
                    _produced.CopyTo(_results, _run);
                else
                    _results[_run] = _count;
                _run += isEight ? PhiloxLanes.Count : 1;
                if (_run == _results.Length)
                    return true;
                (_cycle, _produced, _isUp, _count) = (0, Vector256<int>.Zero, uint.MaxValue, 0);
                Array.Fill(_up, Vector256<int>.AllBitsSet);
                Array.Clear(_parts);
                Array.Clear(_counts);
            }

            return false;
        }

        private static Vector256<int>[] NewUp()
        {
            var up = new Vector256<int>[ProductionLine.MachinesMax];
            Array.Fill(up, Vector256<int>.AllBitsSet);
            return up;
        }

        private void Eight(int end)
        {
            var line = input.Line;
            var runs = PhiloxLanes.Paths(_run);
            var produced = _produced;
            for (var cycle = _cycle; cycle < end; cycle++)
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

            _produced = produced;
        }

        private void One(int end)
        {
            var line = input.Line;
            Philox draw = default;
            for (var cycle = _cycle; cycle < end; cycle++)
            {
                for (var i = line.Machines - 1; i >= 0; i--)
                {
                    if (i == line.Machines - 1 || i % 4 == 3)
                        draw = Philox.Draw((uint)cycle, (uint)_run, (uint)(i / 4), 3, (uint)input.Seed, (uint)(input.Seed >> 32));
                    var word = (i % 4) switch { 0 => draw.First, 1 => draw.Second, 2 => draw.Third, _ => draw.Fourth };
                    var bit = 1u << i;
                    var isUp = (_isUp & bit) != 0 ? word >= line.FailureWords[i] : word < line.RepairWords[i];
                    _isUp = isUp ? _isUp | bit : _isUp & ~bit;
                    if (!isUp || (i > 0 && _counts[i - 1] == 0) || (i < line.Machines - 1 && _counts[i] >= line.Buffers[i]))
                        continue;
                    if (i > 0)
                        _counts[i - 1]--;
                    if (i < line.Machines - 1)
                        _counts[i]++;
                    else if (cycle >= input.WarmUp)
                        _count++;
                }
            }
        }
    }
}
