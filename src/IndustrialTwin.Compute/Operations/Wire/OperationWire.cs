namespace IndustrialTwin.Operations;

/// <summary>
/// How the jobs of an operation are written as arrays, and read back. It is what a driver sees of an operation, in any language, so a name,
/// an element or an order of extents that was once given is never changed. <c>docs/drivers.md</c> lists them.
/// </summary>
/// <typeparam name="TInput">The input of one job.</typeparam>
/// <typeparam name="TResult">The result of one job.</typeparam>
public abstract class OperationWire<TInput, TResult>
{
    /// <summary>A validated input as arrays, always in the same order.</summary>
    public abstract NamedArray[] Write(TInput input);

    /// <summary>The arrays that a driver has to answer an input with, in their order.</summary>
    public abstract ArraySpec[] ResultsOf(TInput input);

    /// <summary>Bytes of the arrays of the input or of its results, whichever are more.</summary>
    public long BytesOf(TInput input)
    {
        var results = 0L;
        foreach (var spec in ResultsOf(input))
            results = checked(results + spec.Bytes);
        return Math.Max(results, InputBytesOf(input));
    }

    /// <summary>Reads a driver's answer, of which nothing is trusted but that numbers which are not finite are found by the operation itself.</summary>
    /// <exception cref="InvalidDataException">Says what is wrong with it.</exception>
    public TResult Read(TInput input, IReadOnlyList<NamedArray> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var expected = ResultsOf(input);
        if (results.Count != expected.Length)
            throw new InvalidDataException($"The result has {results.Count} arrays; expected {string.Join(", ", expected)}.");
        for (var i = 0; i < expected.Length; i++)
        {
            if (results[i].Difference(expected[i]) is { } difference)
                throw new InvalidDataException($"Array {i} of the result is not as it must be: {difference}.");
        }

        return ReadChecked(input, results);
    }

    /// <summary>
    /// Whether long jobs (<see cref="Operation{TInput,TResult}.IsLong"/>) are sent in parts, so that hardware which takes arrays lets urgent
    /// jobs pass between them. Where it is not, they are launched whole.
    /// </summary>
    internal virtual bool IsParted => false;

    /// <summary>Begins a long job that is sent in parts.</summary>
    internal virtual PartedJob<TResult> Begin(TInput input) => throw new NotSupportedException("Its jobs are launched whole.");

    /// <summary>Bytes of the least that a long job can be sent in, of its inputs or its results, whichever are more.</summary>
    internal virtual long LeastBytesOf(TInput input) => BytesOf(input);

    /// <summary>Bytes of the arrays that <see cref="Write"/> makes of an input.</summary>
    protected abstract long InputBytesOf(TInput input);

    /// <summary>The same, for a wire that writes its parts by this one.</summary>
    internal long InputBytes(TInput input) => InputBytesOf(input);

    /// <summary>Makes a result of arrays that are as <see cref="ResultsOf"/> wants them.</summary>
    /// <exception cref="InvalidDataException">A value cannot be, such as a negative count.</exception>
    protected abstract TResult ReadChecked(TInput input, IReadOnlyList<NamedArray> results);
}
