namespace IndustrialTwin.Operations;

/// <summary>One long job that goes to hardware in parts. Used by the device's owner thread alone.</summary>
/// <typeparam name="TResult">The job's result.</typeparam>
internal abstract class PartedJob<TResult>
{
    /// <summary>The result, once all parts are answered.</summary>
    public abstract TResult Result { get; }

    /// <summary>Bytes that the next part would have, of its inputs or its results, whichever are more.</summary>
    /// <param name="amount">What it is asked for at most, 1 or more, in what the operation counts by: paths, positions, steps.</param>
    public abstract long BytesOf(int amount);

    /// <summary>The next part.</summary>
    public abstract ArrayJob Next(int amount);

    /// <summary>Takes the answer to it, and says whether it was the last.</summary>
    /// <exception cref="InvalidDataException">Says what is wrong with it.</exception>
    public abstract bool Take(IReadOnlyList<NamedArray> results);
}
