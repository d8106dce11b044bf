using System.Collections.Concurrent;
using IndustrialTwin.Operations;

namespace IndustrialTwin.Devices;

/// <summary>A long job.</summary>
/// <param name="Steps">Steps until it is finished.</param>
/// <param name="Step">Run at each step with its number, from 1.</param>
internal sealed record Count(int Steps, Action<int>? Step = null);

/// <summary>A sliced operation that counts its steps.</summary>
internal sealed class Counting : Operation<Count, int>
{
    public int RunsDisposed;

    public override string Name => "counting";

    public override bool IsSliced => true;

    public ConcurrentQueue<int> Threads { get; } = new();

    public override void Validate(Count input) => ArgumentOutOfRangeException.ThrowIfNegativeOrZero(input.Steps);

    public override ShapeKey ShapeOf(Count input) => new(0);

    public override int WindowsOf(Count input) => 1;

    public override bool IsLong(Count input) => input.Steps > 1;

    public override int Reference(Count input) => input.Steps;

    public override OperationForm<Count, int> CreateNativeForm(NativeCode code) => new Form(this);

    private sealed class Form(Counting operation) : SlicedForm<Count, int>
    {
        public override SlicedRun<int> Begin(Count input) => new Run(operation, input);
    }

    private sealed class Run(Counting operation, Count input) : SlicedRun<int>
    {
        private int _steps;

        public override int Result => _steps;

        public override bool Step()
        {
            operation.Threads.Enqueue(Environment.CurrentManagedThreadId);
            _steps++;
            input.Step?.Invoke(_steps);
            return _steps == input.Steps;
        }

        protected override void Dispose(bool disposing)
        {
            Interlocked.Increment(ref operation.RunsDisposed);
            base.Dispose(disposing);
        }
    }
}
