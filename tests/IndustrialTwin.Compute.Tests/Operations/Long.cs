using ILGPU.Runtime;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Operations;

/// <summary>A sliced operation whose every job is long, and whose steps are counted.</summary>
internal sealed class Long<TInput, TResult>(Operation<TInput, TResult> operation) : Operation<TInput, TResult>
{
    private int _steps;

    public int Steps => Volatile.Read(ref _steps);

    /// <summary>Called on the device's thread after each step, with its number from 1.</summary>
    public Action<int> Stepped { get; set; } = _ => { };

    public override string Name => $"long-{operation.Name}";

    public override bool IsSliced => operation.IsSliced;

    public override bool CanRunOn(DeviceDescription device) => operation.CanRunOn(device);

    public override void Validate(TInput input) => operation.Validate(input);

    public override ShapeKey ShapeOf(TInput input) => operation.ShapeOf(input);

    public override int WindowsOf(TInput input) => operation.WindowsOf(input);

    public override TResult Reference(TInput input) => operation.Reference(input);

    public override OperationForm<TInput, TResult> CreateNativeForm(NativeCode code) => new Form(this, operation.CreateNativeForm(code));

    public override OperationForm<TInput, TResult> CreateIlgpuForm(Accelerator accelerator) => new Form(this, operation.CreateIlgpuForm(accelerator));

    private sealed class Form(Long<TInput, TResult> owner, OperationForm<TInput, TResult> form) : SlicedForm<TInput, TResult>
    {
        public override SlicedRun<TResult> Begin(TInput input) => new Run(owner, ((SlicedForm<TInput, TResult>)form).Begin(input));

        protected override void Dispose(bool disposing)
        {
            form.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class Run(Long<TInput, TResult> owner, SlicedRun<TResult> run) : SlicedRun<TResult>
    {
        public override TResult Result => run.Result;

        public override bool Step()
        {
            var isDone = run.Step();
            owner.Stepped(Interlocked.Increment(ref owner._steps));
            return isDone;
        }

        protected override void Dispose(bool disposing)
        {
            run.Dispose();
            base.Dispose(disposing);
        }
    }
}
