namespace IndustrialTwin.Operations.Autoencoders;

/// <summary>
/// In: <c>rows</c> float32 [steps × batch × channels], those that were drawn; <c>hidden</c>, <c>code</c>, <c>step</c> int64, the last the steps
/// done before; <c>parameters</c>, <c>first-moments</c>, <c>second-moments</c> float32 [parameters]; <c>learning-rate</c> float64. Out: the
/// three after the steps, and <c>loss</c> float64, the mean over all rows. A job goes in steps.
/// </summary>
internal sealed class AutoencoderTrainWire() : PartedWire<AutoencoderTrainInput, AutoencoderTrainResult, AutoencoderTrainInput, AutoencoderTrainWire.Taught>(Arrays)
{
    /// <summary>What some steps gave.</summary>
    internal sealed record Taught(AutoencoderTrainResult Result, int Steps);

    private static RecordWire<AutoencoderTrainInput, Taught> Arrays { get; } = new(
        [
            new(Drawn, part => sizeof(float) * (long)part.Steps * part.BatchRows * part.Rows.Length),
            WireField<AutoencoderTrainInput>.Int64("hidden", part => part.State.Model.Shape.Hidden),
            WireField<AutoencoderTrainInput>.Int64("code", part => part.State.Model.Shape.Code),
            WireField<AutoencoderTrainInput>.Int64("step", part => part.State.Step),
            WireField<AutoencoderTrainInput>.Float32("parameters", part => part.State.Model.Parameters, Parameters),
            WireField<AutoencoderTrainInput>.Float32("first-moments", part => part.State.FirstMoments, Parameters),
            WireField<AutoencoderTrainInput>.Float32("second-moments", part => part.State.SecondMoments, Parameters),
            WireField<AutoencoderTrainInput>.Float64("learning-rate", part => part.LearningRate),
        ],
        part =>
        [
            new("parameters", ArrayElement.Float32, Parameters(part)),
            new("first-moments", ArrayElement.Float32, Parameters(part)),
            new("second-moments", ArrayElement.Float32, Parameters(part)),
            new("loss", ArrayElement.Float64),
        ],
        Checked);

    public static AutoencoderTrainWire Instance { get; } = new();

    protected override AutoencoderTrainInput Whole(AutoencoderTrainInput input) => input;

    protected override int AmountOf(AutoencoderTrainInput input) => input.Steps;

    protected override AutoencoderTrainInput Part(AutoencoderTrainInput input, int from, int most, Taught? before) =>
        input with { State = before?.Result.State ?? input.State, Steps = most };

    /// <summary>Of the states only the last is kept.</summary>
    protected override void Add(List<Taught> answers, Taught answer)
    {
        var (steps, loss) = answers.Count == 0 ? (0, 0) : (answers[0].Steps, answers[0].Result.Loss);
        answers.Clear();
        answers.Add(new Taught(
            answer.Result with { Loss = ((loss * steps) + (answer.Result.Loss * answer.Steps)) / (steps + answer.Steps) }, steps + answer.Steps));
    }

    protected override AutoencoderTrainResult Join(AutoencoderTrainInput input, IReadOnlyList<Taught> answers) => answers[^1].Result;

    protected override int AmountOfPart(AutoencoderTrainInput part) => part.Steps;

    private static long[] Parameters(AutoencoderTrainInput part) => [part.State.Model.Shape.Parameters];

    private static NamedArray Drawn(AutoencoderTrainInput part)
    {
        var channels = part.Rows.Length;
        var rows = new float[checked(part.Steps * part.BatchRows * channels)];
        for (var (step, to) = (0, 0); step < part.Steps; step++)
        {
            for (var place = 0; place < part.BatchRows; place++, to += channels)
            {
                var row = AutoencoderTrain.RowOf(part.Rows.Count, place, (uint)(part.State.Step + step + 1), (uint)part.Seed, (uint)(part.Seed >> 32));
                part.Rows.Window(row).CopyTo(rows.AsSpan(to, channels));
            }
        }

        return NamedArray.Of("rows", rows, part.Steps, part.BatchRows, channels);
    }

    private static Taught Checked(AutoencoderTrainInput part, IReadOnlyList<NamedArray> results)
    {
        var second = results[2].ToFloat32();
        var bad = Array.FindIndex(second, moment => !(moment >= 0) || float.IsInfinity(moment));
        if (bad >= 0)
            throw new InvalidDataException($"second-moments[{bad}] is {second[bad]}; expected a finite number of 0 or more.");
        var first = results[1].ToFloat32();
        bad = Finite.IndexOfNonFinite(first);
        if (bad >= 0)
            throw new InvalidDataException($"first-moments[{bad}] is {first[bad]}; expected a finite number.");
        var model = new AutoencoderModel(part.State.Model.Shape, results[0].ToFloat32());
        return new Taught(new AutoencoderTrainResult(new TrainingState(model, first, second, part.State.Step + part.Steps), results[3].ToFloat64()[0]), part.Steps);
    }
}
