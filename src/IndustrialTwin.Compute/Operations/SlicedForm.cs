namespace IndustrialTwin.Operations;

/// <summary>
/// The form of an operation whose work takes long and is done in steps, such as training: an operation that says
/// <see cref="Operation.IsSliced"/>. Its jobs are launched one by one, and between two slices of steps the device runs whatever is more
/// urgent.
/// </summary>
/// <typeparam name="TInput">The input of one job.</typeparam>
/// <typeparam name="TResult">The result of one job.</typeparam>
public abstract class SlicedForm<TInput, TResult> : OperationForm<TInput, TResult>
{
    /// <summary>Begins one job. Several runs of a form may be under way at once, so a run keeps its own state.</summary>
    /// <param name="input">A validated input.</param>
    public abstract SlicedRun<TResult> Begin(TInput input);

    /// <summary>Runs each job to its end without a pause: those that are not long, see <see cref="Operation{TInput,TResult}.IsLong"/>.</summary>
    public override void Launch(ReadOnlySpan<TInput> inputs, Span<TResult> results)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            using var run = Begin(inputs[i]);
            while (!run.Step())
            {
                // The caller asked for all of it.
            }

            results[i] = run.Result;
        }
    }
}
