namespace IndustrialTwin.Operations;

/// <summary>The wire of an operation whose long jobs go in parts: a job that is not long is one part, all of it.</summary>
/// <typeparam name="TInput">The input of one job.</typeparam>
/// <typeparam name="TResult">The result of one job.</typeparam>
/// <typeparam name="TPart">What is asked for at once.</typeparam>
/// <typeparam name="TAnswer">What that is answered with.</typeparam>
/// <param name="wire">How a part is written, and its answer read.</param>
internal abstract class PartedWire<TInput, TResult, TPart, TAnswer>(OperationWire<TPart, TAnswer> wire) : OperationWire<TInput, TResult>
    where TAnswer : class
{
    internal sealed override bool IsParted => true;

    public sealed override NamedArray[] Write(TInput input) => wire.Write(Whole(input));

    public sealed override ArraySpec[] ResultsOf(TInput input) => wire.ResultsOf(Whole(input));

    internal sealed override PartedJob<TResult> Begin(TInput input) => new Job(this, input);

    internal sealed override long LeastBytesOf(TInput input) => wire.BytesOf(Part(input, 0, 1, null));

    protected sealed override long InputBytesOf(TInput input) => wire.InputBytes(Whole(input));

    protected sealed override TResult ReadChecked(TInput input, IReadOnlyList<NamedArray> results) => Join(input, [wire.Read(Whole(input), results)]);

    /// <summary>All of a job.</summary>
    protected abstract TPart Whole(TInput input);

    /// <summary>What a job amounts to.</summary>
    protected abstract int AmountOf(TInput input);

    /// <summary>A part of a job.</summary>
    /// <param name="input">The job.</param>
    /// <param name="from">What is done.</param>
    /// <param name="most">What the part may have; it may have less.</param>
    /// <param name="before">The answer to the part before; null for the first.</param>
    protected abstract TPart Part(TInput input, int from, int most, TAnswer? before);

    /// <summary>What a part has.</summary>
    protected abstract int AmountOfPart(TPart part);

    /// <summary>Keeps the answer to a part with those before it.</summary>
    protected virtual void Add(List<TAnswer> answers, TAnswer answer) => answers.Add(answer);

    /// <summary>The result of all answers that were kept.</summary>
    protected abstract TResult Join(TInput input, IReadOnlyList<TAnswer> answers);

    private sealed class Job(PartedWire<TInput, TResult, TPart, TAnswer> owner, TInput input) : PartedJob<TResult>
    {
        private readonly int _amount = owner.AmountOf(input);
        private readonly List<TAnswer> _answers = [];
        private TPart _part = default!;
        private int _done;

        public override TResult Result => owner.Join(input, _answers);

        public override long BytesOf(int amount) => owner.Wire.BytesOf(PartOf(amount));

        public override ArrayJob Next(int amount)
        {
            _part = PartOf(amount);
            return new ArrayJob(owner.Wire.Write(_part), owner.Wire.ResultsOf(_part));
        }

        public override bool Take(IReadOnlyList<NamedArray> results)
        {
            owner.Add(_answers, owner.Wire.Read(_part, results));
            _done += owner.AmountOfPart(_part);
            return _done >= _amount;
        }

        private TPart PartOf(int amount) => owner.Part(input, _done, Math.Min(amount, _amount - _done), _answers.Count == 0 ? null : _answers[^1]);
    }

    private OperationWire<TPart, TAnswer> Wire => wire;
}
