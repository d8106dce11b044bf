using System.Collections.Concurrent;
using ILGPU.Runtime;
using IndustrialTwin.Operations;

namespace IndustrialTwin.Devices;

/// <summary>What a scripted job does on the device.</summary>
/// <param name="Value">Its result, unless it acts.</param>
/// <param name="Act">Run on the device's thread in place of a computation: it may wait, throw, or give what it likes.</param>
/// <param name="Windows">Windows it counts for.</param>
/// <param name="Shape">Jobs of one shape may share a launch.</param>
internal sealed record Script(double Value, Func<double>? Act = null, int Windows = 1, long Shape = 0);

/// <summary>An operation whose jobs do what a test tells them; it remembers every launch.</summary>
internal sealed class ScriptedOperation(string name = "scripted") : Operation<Script, double[]>
{
    public override string Name => name;

    /// <summary>Launches in their order: the thread, and the value of each job.</summary>
    public ConcurrentQueue<(int Thread, double[] Values)> Launches { get; } = new();

    public int FormsMade;

    public int FormsDisposed;

    public override void Validate(Script input)
    {
        if (double.IsNegative(input.Value))
            throw new ArgumentException($"{Name}: Value is {input.Value}; expected 0 or more.");
    }

    public override ShapeKey ShapeOf(Script input) => new(input.Shape);

    public override int WindowsOf(Script input) => input.Windows;

    public override double[] Reference(Script input) => [input.Value];

    public override string? NonFinite(double[] result) => Finite.Describe("Values", result);

    public override bool CanRunOn(DeviceDescription device) => true;

    public override OperationForm<Script, double[]> CreateNativeForm(NativeCode code) => new Form(this);

    public override OperationForm<Script, double[]> CreateIlgpuForm(Accelerator accelerator) => new Form(this);

    private sealed class Form : OperationForm<Script, double[]>
    {
        private readonly ScriptedOperation _operation;

        public Form(ScriptedOperation operation)
        {
            _operation = operation;
            Interlocked.Increment(ref operation.FormsMade);
        }

        public override void Launch(ReadOnlySpan<Script> inputs, Span<double[]> results)
        {
            _operation.Launches.Enqueue((Environment.CurrentManagedThreadId, [.. inputs.ToArray().Select(input => input.Value)]));
            for (var i = 0; i < inputs.Length; i++)
                results[i] = [inputs[i].Act is { } act ? act() : inputs[i].Value];
        }

        protected override void Dispose(bool disposing)
        {
            Interlocked.Increment(ref _operation.FormsDisposed);
            base.Dispose(disposing);
        }
    }
}
