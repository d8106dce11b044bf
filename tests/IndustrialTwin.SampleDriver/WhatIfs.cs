using System.Numerics;
using IndustrialTwin.Protocol;

namespace IndustrialTwin.SampleDriver;

/// <summary><c>degradation-what-if</c> and <c>line-what-if</c>.</summary>
internal static class WhatIfs
{
    private const int StepsMax = 1 << 20;
    private const int MachinesMax = 16;
    private const uint DegradationStream = 2, LineStream = 3;

    public static LaunchResult Degradation(Inputs inputs, CancellationToken cancellationToken)
    {
        var (level, drift) = (inputs.Float64("level"), inputs.Float64("drift"));
        var (volatility, threshold) = (inputs.Float64("volatility"), inputs.Float64("threshold"));
        var steps = inputs.Int64("steps", 1, StepsMax);
        var first = inputs.Int64("first-path", 0, StepsMax - 1);
        var failures = new long[inputs.Int64("paths", 1, StepsMax - first)];
        var seed = inputs.Int64("seed", long.MinValue, long.MaxValue);
        inputs.End();
        inputs.Expect(double.IsFinite(level) && double.IsFinite(drift) && double.IsFinite(threshold), "level, drift or threshold is not finite");
        inputs.Expect(volatility > 0 && double.IsFinite(volatility), $"volatility is {volatility}; expected above 0");
        for (var path = 0; path < failures.Length; path++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            failures[path] = -1;
            var wear = 0L;
            for (var step = 1; step <= steps && failures[path] < 0; step++)
            {
                var (a, b, c, d) = Philox.Draw(((uint)step, (uint)(first + path), 0, DegradationStream), seed);
                wear += BitOperations.PopCount(a) + BitOperations.PopCount(b) + BitOperations.PopCount(c) + BitOperations.PopCount(d) - 64;
                if (level + (drift * step) + (volatility * wear / Math.Sqrt(32)) >= threshold)
                    failures[path] = step;
            }
        }

        return new LaunchResult { Outputs = { Inputs.Output("failure-steps", failures, failures.Length) } };
    }

    public static LaunchResult Line(Inputs inputs, CancellationToken cancellationToken)
    {
        var (failure, repair, buffers) = (inputs.Int64Vector("failure-words"), inputs.Int64Vector("repair-words"), inputs.Int64Vector("buffers"));
        var (cycles, warmUp) = (inputs.Int64("cycles", 1, StepsMax), inputs.Int64("warm-up", 0, StepsMax));
        var first = inputs.Int64("first-run", 0, StepsMax - 1);
        var produced = new long[inputs.Int64("runs", 1, StepsMax - first)];
        var seed = inputs.Int64("seed", long.MinValue, long.MaxValue);
        inputs.End();
        var machines = failure.Length;
        inputs.Expect(machines is >= 1 and <= MachinesMax && repair.Length == machines && buffers.Length == machines - 1, $"there are {machines} failure-words, {repair.Length} repair-words, {buffers.Length} buffers");
        inputs.Expect(failure.Concat(repair).All(word => word is >= 0 and <= uint.MaxValue), "a word is none of 32 bits");
        inputs.Expect(buffers.All(parts => parts is >= 1 and <= int.MaxValue), "a buffer holds less than 1");
        for (var run = 0; run < produced.Length; run++)
        {
            var isUp = Enumerable.Repeat(true, machines).ToArray();
            var parts = new long[machines];
            for (var cycle = 0L; cycle < warmUp + cycles; cycle++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (var i = machines - 1; i >= 0; i--)
                {
                    var (a, b, c, d) = Philox.Draw(((uint)cycle, (uint)(first + run), (uint)(i / 4), LineStream), seed);
                    var word = (i % 4) switch { 0 => a, 1 => b, 2 => c, _ => d };
                    isUp[i] = isUp[i] ? word >= failure[i] : word < repair[i];
                    if (!isUp[i] || (i > 0 && parts[i - 1] == 0) || (i < machines - 1 && parts[i] == buffers[i]))
                        continue;
                    if (i > 0)
                        parts[i - 1]--;
                    if (i < machines - 1)
                        parts[i]++;
                    else if (cycle >= warmUp)
                        produced[run]++;
                }
            }
        }

        return new LaunchResult { Outputs = { Inputs.Output("produced", produced, produced.Length) } };
    }
}
