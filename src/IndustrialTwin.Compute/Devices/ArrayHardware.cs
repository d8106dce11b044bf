using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Sliding;

namespace IndustrialTwin.Devices;

/// <summary>
/// Hardware that takes jobs as arrays: the shortest way to a driver, and the one of drivers in other processes. What it answers is
/// checked before anything is made of it. Only operations with an <see cref="OperationWire{TInput,TResult}"/> run on it.
/// </summary>
public abstract class ArrayHardware : DeviceHardware
{
    /// <summary>Runs jobs of one operation and one shape as one launch.</summary>
    /// <param name="operation">The operation's name, one of the description's.</param>
    /// <param name="jobs">At least one job.</param>
    /// <returns>The arrays of as many results, in the jobs' order.</returns>
    public abstract IReadOnlyList<IReadOnlyList<NamedArray>> Launch(string operation, IReadOnlyList<ArrayJob> jobs);

    /// <inheritdoc/>
    public sealed override OperationForm<TInput, TResult> CreateForm<TInput, TResult>(Operation<TInput, TResult> operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        if (operation is IResidentOperation<TInput, TResult> resident)
            return resident.CreateForm(this);
        return operation is { Wire: { } wire }
            ? new Form<TInput, TResult>(this, operation, wire)
            : throw new NotSupportedException($"Operation '{operation.Name}' cannot be written as arrays for device '{Description.Id}'.");
    }

    private sealed class Form<TInput, TResult>(ArrayHardware hardware, Operation<TInput, TResult> operation, OperationWire<TInput, TResult> wire)
        : OperationForm<TInput, TResult>
    {
        public override void Launch(ReadOnlySpan<TInput> inputs, Span<TResult> results)
        {
            var jobs = new ArrayJob[inputs.Length];
            for (var i = 0; i < jobs.Length; i++)
                jobs[i] = new ArrayJob(wire.Write(inputs[i]), wire.ResultsOf(inputs[i]));
            var answers = hardware.Launch(operation.Name, jobs);
            if (answers.Count != jobs.Length)
                throw new InvalidDataException($"Device '{hardware.Description.Id}' answers {jobs.Length} jobs with {answers.Count} results.");
            for (var i = 0; i < jobs.Length; i++)
                results[i] = wire.Read(inputs[i], answers[i]);
        }
    }
}
