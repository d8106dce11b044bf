namespace IndustrialTwin.Operations.MonteCarlo;

/// <summary>
/// In: <c>failure-words</c>, <c>repair-words</c> int64 [machines], <c>buffers</c> int64 [machines - 1], <c>cycles</c>, <c>warm-up</c>,
/// <c>first-run</c>, <c>runs</c> int64; <c>seed</c> int64, its bits those of the unsigned seed. Out: <c>produced</c> int64 [runs]. A long job
/// goes in runs.
/// </summary>
internal sealed class LineWire() : PartedWire<LineInput, LineResult, LineWire.Runs, int[]>(Arrays)
{
    /// <summary>Some of a job's runs.</summary>
    internal readonly record struct Runs(LineInput Input, int First, int Count);

    private static RecordWire<Runs, int[]> Arrays { get; } = new(
        [
            WireField<Runs>.Int64("failure-words", part => Longs(part.Input.Line.FailureWords), part => [part.Input.Line.Machines]),
            WireField<Runs>.Int64("repair-words", part => Longs(part.Input.Line.RepairWords), part => [part.Input.Line.Machines]),
            WireField<Runs>.Int64("buffers", part => [.. part.Input.Line.Buffers.ToArray()], part => [part.Input.Line.Buffers.Length]),
            WireField<Runs>.Int64("cycles", part => part.Input.Cycles),
            WireField<Runs>.Int64("warm-up", part => part.Input.WarmUp),
            WireField<Runs>.Int64("first-run", part => part.First),
            WireField<Runs>.Int64("runs", part => part.Count),
            WireField<Runs>.Int64("seed", part => unchecked((long)part.Input.Seed)),
        ],
        part => [new("produced", ArrayElement.Int64, part.Count)],
        (part, results) => Array.ConvertAll(results[0].ToInt64(), parts => parts >= 0 && parts <= part.Input.Cycles
            ? (int)parts
            : throw new InvalidDataException($"produced has {parts}; expected 0..{part.Input.Cycles}, the cycles.")));

    public static LineWire Instance { get; } = new();

    protected override Runs Whole(LineInput input) => new(input, 0, input.Runs);

    protected override int AmountOf(LineInput input) => input.Runs;

    protected override Runs Part(LineInput input, int from, int most, int[]? before) => new(input, from, most);

    protected override int AmountOfPart(Runs part) => part.Count;

    protected override LineResult Join(LineInput input, IReadOnlyList<int[]> answers) => new([.. answers.SelectMany(produced => produced)], input.Cycles);

    private static long[] Longs(ReadOnlySpan<uint> words) => Array.ConvertAll(words.ToArray(), word => (long)word);
}
