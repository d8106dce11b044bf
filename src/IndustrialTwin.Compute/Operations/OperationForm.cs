namespace IndustrialTwin.Operations;

/// <summary>
/// An operation made ready for one device: compiled kernels, tables, scratch memory. Used, and disposed, by the device's owner thread
/// alone, so it needs no locks and may keep buffers between launches.
/// </summary>
/// <typeparam name="TInput">The input of one job.</typeparam>
/// <typeparam name="TResult">The result of one job.</typeparam>
public abstract class OperationForm<TInput, TResult> : IDisposable
{
    /// <summary>Runs jobs of one shape as one launch and returns when all results are there.</summary>
    /// <param name="inputs">Validated inputs with equal shape keys, at least one.</param>
    /// <param name="results">As many results, to be filled. They must not refer to memory that a later launch overwrites.</param>
    public abstract void Launch(ReadOnlySpan<TInput> inputs, Span<TResult> results);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the form holds on its device.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
