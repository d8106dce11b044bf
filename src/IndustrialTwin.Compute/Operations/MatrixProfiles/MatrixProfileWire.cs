namespace IndustrialTwin.Operations.MatrixProfiles;

/// <summary>
/// In: <c>samples</c> float32 [series × length]; <c>width</c>, <c>first</c>, <c>positions</c> int64. Out, for the subsequences from
/// <c>first</c> on: <c>distances</c> float64 [series × positions], <c>neighbours</c> int64 [series × positions], -1 where there is none. A
/// long job goes series by series, in positions.
/// </summary>
internal sealed class MatrixProfileWire() : PartedWire<MatrixProfileInput, MatrixProfileResult[], MatrixProfileWire.Positions, MatrixProfileWire.Nearest>(Arrays)
{
    /// <summary>Some of the subsequences of each of some series.</summary>
    internal readonly record struct Positions(WindowBatch Series, int Width, int First, int Count);

    /// <summary>Distances and neighbours, series × positions.</summary>
    internal sealed record Nearest(double[] Distances, int[] Neighbours);

    private static RecordWire<Positions, Nearest> Arrays { get; } = new(
        [
            WireField<Positions>.Windows("samples", part => part.Series),
            WireField<Positions>.Int64("width", part => part.Width),
            WireField<Positions>.Int64("first", part => part.First),
            WireField<Positions>.Int64("positions", part => part.Count),
        ],
        part =>
        [
            new("distances", ArrayElement.Float64, part.Series.Count, part.Count),
            new("neighbours", ArrayElement.Int64, part.Series.Count, part.Count),
        ],
        Checked);

    public static MatrixProfileWire Instance { get; } = new();

    protected override Positions Whole(MatrixProfileInput input) => new(input.Series, input.Width, 0, PositionsOf(input));

    protected override int AmountOf(MatrixProfileInput input) => input.Series.Count * PositionsOf(input);

    protected override Positions Part(MatrixProfileInput input, int from, int most, Nearest? before)
    {
        var (length, positions) = (input.Series.Length, PositionsOf(input));
        var (series, first) = (from / positions, from % positions);
        return new Positions(
            new WindowBatch(input.Series.Samples.Slice(series * length, length), length), input.Width, first, Math.Min(most, positions - first));
    }

    protected override int AmountOfPart(Positions part) => part.Count;

    protected override MatrixProfileResult[] Join(MatrixProfileInput input, IReadOnlyList<Nearest> answers)
    {
        double[] distances = [.. answers.SelectMany(answer => answer.Distances)];
        int[] neighbours = [.. answers.SelectMany(answer => answer.Neighbours)];
        var positions = PositionsOf(input);
        return
        [
            .. distances.Chunk(positions).Zip(neighbours.Chunk(positions), (distance, neighbour) => new MatrixProfileResult(distance, neighbour, input.Width)),
        ];
    }

    private static int PositionsOf(MatrixProfileInput input) => input.Series.Length - input.Width + 1;

    private static Nearest Checked(Positions part, IReadOnlyList<NamedArray> results)
    {
        var (distances, neighbours) = (results[0].ToFloat64(), results[1].ToInt64());
        var positions = part.Series.Length - part.Width + 1;
        for (var i = 0; i < distances.Length; i++)
        {
            var (own, other) = (part.First + (i % part.Count), neighbours[i]);
            if (other == -1)
            {
                distances[i] = double.PositiveInfinity;
            }
            else if (other < 0 || other >= positions || Math.Abs(own - other) <= MatrixProfile.Exclusion(part.Width))
            {
                throw new InvalidDataException(
                    $"neighbours[{i}] is {other}; expected -1, or 0..{positions - 1} and more than {MatrixProfile.Exclusion(part.Width)} from {own}.");
            }
            else if (!(distances[i] >= 0) || double.IsInfinity(distances[i]))
            {
                throw new InvalidDataException($"distances[{i}] is {distances[i]}; expected a finite number of 0 or more.");
            }
        }

        return new Nearest(distances, Array.ConvertAll(neighbours, other => (int)other));
    }
}
