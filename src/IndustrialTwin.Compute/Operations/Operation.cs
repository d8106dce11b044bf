using ILGPU.Runtime;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Operations;

/// <summary>What a device can run, seen without its types. Derive from <see cref="Operation{TInput,TResult}"/>.</summary>
public abstract class Operation
{
    private protected Operation()
    {
    }

    /// <summary>Unique lower-case name with dashes, used in traces, metrics and errors.</summary>
    public abstract string Name { get; }

    /// <summary>The kernels of the ILGPU form, for compiling them without a device. Empty when there is no such form.</summary>
    public virtual IReadOnlyList<KernelEntry> Kernels => [];

    /// <summary>
    /// Whether its forms are sliced (<see cref="SlicedForm{TInput,TResult}"/>): its jobs may take long; those that do are launched one by
    /// one, and let more urgent jobs pass between their steps.
    /// </summary>
    public virtual bool IsSliced => false;

    /// <summary>The operation that a driver which takes arrays computes for it: itself, or the one over plain windows.</summary>
    internal virtual Operation OnArrays => this;

    /// <summary>Whether its jobs can be written as arrays (<see cref="Operation{TInput,TResult}.Wire"/>) and launched together.</summary>
    internal abstract bool IsArrays { get; }

    /// <summary>Whether the operation itself has a form for the device. The default is native devices only.</summary>
    public virtual bool CanRunOn(DeviceDescription device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.Kind == DeviceKind.NativeCpu;
    }
}

/// <summary>
/// One computation with its forms: native SIMD, ILGPU kernels and a float64 reference. An instance is shared by all threads and
/// devices and holds no state of a run; equal instances share a device's compiled form.
/// </summary>
/// <typeparam name="TInput">The input of one job.</typeparam>
/// <typeparam name="TResult">The result of one job.</typeparam>
public abstract class Operation<TInput, TResult> : Operation
{
    /// <summary>Throws when the input is not valid. Called once for each job, on the caller's thread, before it is queued.</summary>
    /// <exception cref="ArgumentException">Names the field, the value and what was expected.</exception>
    public abstract void Validate(TInput input);

    /// <summary>Jobs with equal keys may share a launch.</summary>
    public abstract ShapeKey ShapeOf(TInput input);

    /// <summary>Windows that the input counts for in a batch; at least 1.</summary>
    public abstract int WindowsOf(TInput input);

    /// <summary>
    /// Whether a job of a sliced operation takes long, which is more than about a millisecond: it is launched alone and in slices. Others
    /// share a launch. By default all do. Called once for each job, on the caller's thread.
    /// </summary>
    public virtual bool IsLong(TInput input) => true;

    /// <summary>
    /// Looks for a NaN or an infinity where the operation promises finite results for finite inputs. A job with one ends as failed, with
    /// this as its reason. By default nothing is promised. Called on the device's thread for each result, so it must be quick.
    /// </summary>
    /// <returns>The field and the value, as in "Spectra[3] is NaN"; null when the result is as promised.</returns>
    public virtual string? NonFinite(TResult result) => null;

    /// <summary>How jobs are written as arrays for devices that are not programmed by us; null where the operation does not run on such.</summary>
    public virtual OperationWire<TInput, TResult>? Wire => null;

    internal sealed override bool IsArrays => Wire is not null;

    /// <summary>The plain float64 computation that every form is checked against. Clear, not fast.</summary>
    public abstract TResult Reference(TInput input);

    /// <summary>Makes the native form. Called on the thread of the device that will own it.</summary>
    public abstract OperationForm<TInput, TResult> CreateNativeForm(NativeCode code);

    /// <summary>Makes the ILGPU form on an accelerator. Called on the thread of the device that will own it.</summary>
    /// <exception cref="NotSupportedException">The operation has no ILGPU form.</exception>
    public virtual OperationForm<TInput, TResult> CreateIlgpuForm(Accelerator accelerator) =>
        throw new NotSupportedException($"Operation '{Name}' has no ILGPU form.");
}
