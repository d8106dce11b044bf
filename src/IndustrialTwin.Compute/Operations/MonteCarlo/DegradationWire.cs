namespace IndustrialTwin.Operations.MonteCarlo;

/// <summary>
/// In: <c>level</c>, <c>drift</c>, <c>volatility</c>, <c>threshold</c> float64; <c>steps</c>, <c>first-path</c>, <c>paths</c> int64; <c>seed</c>
/// int64, its bits those of the unsigned seed. Out: <c>failure-steps</c> int64 [paths], -1 where a path does not fail. A long job goes in
/// paths.
/// </summary>
internal sealed class DegradationWire() : PartedWire<DegradationInput, DegradationResult, DegradationWire.Paths, int[]>(Arrays)
{
    /// <summary>Some of a job's paths.</summary>
    internal readonly record struct Paths(DegradationInput Input, int First, int Count);

    private static RecordWire<Paths, int[]> Arrays { get; } = new(
        [
            WireField<Paths>.Float64("level", part => part.Input.Level),
            WireField<Paths>.Float64("drift", part => part.Input.Drift),
            WireField<Paths>.Float64("volatility", part => part.Input.Volatility),
            WireField<Paths>.Float64("threshold", part => part.Input.Threshold),
            WireField<Paths>.Int64("steps", part => part.Input.Steps),
            WireField<Paths>.Int64("first-path", part => part.First),
            WireField<Paths>.Int64("paths", part => part.Count),
            WireField<Paths>.Int64("seed", part => unchecked((long)part.Input.Seed)),
        ],
        part => [new("failure-steps", ArrayElement.Int64, part.Count)],
        (part, results) => Array.ConvertAll(results[0].ToInt64(), step => step == -1 || (step >= 1 && step <= part.Input.Steps)
            ? (int)step
            : throw new InvalidDataException($"failure-steps has {step}; expected -1 or 1..{part.Input.Steps}.")));

    public static DegradationWire Instance { get; } = new();

    protected override Paths Whole(DegradationInput input) => new(input, 0, input.Paths);

    protected override int AmountOf(DegradationInput input) => input.Paths;

    protected override Paths Part(DegradationInput input, int from, int most, int[]? before) => new(input, from, most);

    protected override int AmountOfPart(Paths part) => part.Count;

    protected override DegradationResult Join(DegradationInput input, IReadOnlyList<int[]> answers) => new([.. answers.SelectMany(steps => steps)]);
}
