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
        return operation switch
        {
            { Wire: { IsParted: true } wire } => new PartedForm<TInput, TResult>(this, operation, wire),
            { Wire: { } wire } => new Form<TInput, TResult>(this, operation, wire),
            _ => throw new NotSupportedException($"Operation '{operation.Name}' cannot be written as arrays for device '{Description.Id}'."),
        };
    }

    private void Launch<TInput, TResult>(
        Operation<TInput, TResult> operation, OperationWire<TInput, TResult> wire, ReadOnlySpan<TInput> inputs, Span<TResult> results)
    {
        var jobs = new ArrayJob[inputs.Length];
        for (var i = 0; i < jobs.Length; i++)
            jobs[i] = new ArrayJob(wire.Write(inputs[i]), wire.ResultsOf(inputs[i]));
        var answers = Answers(operation.Name, jobs);
        for (var i = 0; i < jobs.Length; i++)
            results[i] = wire.Read(inputs[i], answers[i]);
    }

    private IReadOnlyList<IReadOnlyList<NamedArray>> Answers(string operation, ArrayJob[] jobs)
    {
        var answers = Launch(operation, jobs);
        return answers.Count == jobs.Length
            ? answers
            : throw new InvalidDataException($"Device '{Description.Id}' answers {jobs.Length} jobs with {answers.Count} results.");
    }

    private sealed class Form<TInput, TResult>(ArrayHardware hardware, Operation<TInput, TResult> operation, OperationWire<TInput, TResult> wire)
        : OperationForm<TInput, TResult>
    {
        public override void Launch(ReadOnlySpan<TInput> inputs, Span<TResult> results) => hardware.Launch(operation, wire, inputs, results);
    }

    /// <summary>Short jobs share a launch; a long one goes in parts, a launch each.</summary>
    private sealed class PartedForm<TInput, TResult>(ArrayHardware hardware, Operation<TInput, TResult> operation, OperationWire<TInput, TResult> wire)
        : SlicedForm<TInput, TResult>
    {
        public override void Launch(ReadOnlySpan<TInput> inputs, Span<TResult> results) => hardware.Launch(operation, wire, inputs, results);

        public override SlicedRun<TResult> Begin(TInput input) => new PartedRun<TResult>(hardware, operation.Name, wire.Begin(input));
    }

    private sealed class PartedRun<TResult>(ArrayHardware hardware, string operation, PartedJob<TResult> job) : SlicedRun<TResult>
    {
        /// <summary>Bytes that one part may have: what is copied before urgent work is looked for.</summary>
        private const long PartBytesMax = 16 << 20;

        private readonly long _bytesMax = Math.Min(hardware.Description.JobBytesMax, PartBytesMax);
        private readonly CallPace _pace = new();

        public override TResult Result => job.Result;

        public override bool Step()
        {
            var amount = _pace.Amount;
            while (amount > 1 && job.BytesOf(amount) > _bytesMax)
                amount /= 2;
            var part = job.Next(amount);
            _pace.Begin();
            var answers = hardware.Answers(operation, [part]);
            _pace.End(isFull: amount == _pace.Amount);
            return job.Take(answers[0]);
        }
    }
}
