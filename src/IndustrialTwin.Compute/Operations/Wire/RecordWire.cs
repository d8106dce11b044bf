namespace IndustrialTwin.Operations;

/// <summary>The wire of an operation whose input is written field by field.</summary>
/// <param name="fields">The input's arrays, in their order.</param>
/// <param name="results">The arrays that a driver has to answer an input with, in their order.</param>
/// <param name="read">Makes a result of arrays that are as they must be.</param>
internal sealed class RecordWire<TInput, TResult>(
    WireField<TInput>[] fields, Func<TInput, ArraySpec[]> results, Func<TInput, IReadOnlyList<NamedArray>, TResult> read) : OperationWire<TInput, TResult>
{
    public override NamedArray[] Write(TInput input) => Array.ConvertAll(fields, field => field.Write(input));

    public override ArraySpec[] ResultsOf(TInput input) => results(input);

    protected override long InputBytesOf(TInput input) => fields.Sum(field => field.Bytes(input));

    protected override TResult ReadChecked(TInput input, IReadOnlyList<NamedArray> results) => read(input, results);
}
