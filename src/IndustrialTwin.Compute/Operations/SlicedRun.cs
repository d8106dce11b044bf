namespace IndustrialTwin.Operations;

/// <summary>One job of a sliced operation under way. Used, and disposed, by the device's owner thread alone.</summary>
public abstract class SlicedRun : IDisposable
{
    private protected SlicedRun()
    {
    }

    /// <summary>
    /// Does one short step, a millisecond or less, and says whether the job is finished. A control job waits for one step at most when it
    /// comes during a slice.
    /// </summary>
    public abstract bool Step();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the run holds on its device; also called before it is finished.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}

/// <summary>A run and its result.</summary>
/// <typeparam name="TResult">The result of one job.</typeparam>
public abstract class SlicedRun<TResult> : SlicedRun
{
    /// <summary>The result, once <see cref="SlicedRun.Step"/> has said that the job is finished.</summary>
    public abstract TResult Result { get; }
}
