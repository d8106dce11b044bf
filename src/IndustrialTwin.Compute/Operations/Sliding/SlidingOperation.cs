using ILGPU.Runtime;
using IndustrialTwin.Devices;
using IndustrialTwin.Devices.Residents;

namespace IndustrialTwin.Operations.Sliding;

/// <summary>
/// An operation over windows that slide over a series, of which the device keeps the newest samples: a repeated request brings only what is
/// new. It computes what the operation over plain windows computes, by the same kernels.
/// </summary>
/// <typeparam name="TInput">Sliding windows, and what is asked of them.</typeparam>
/// <typeparam name="TWindowed">The same for plain windows.</typeparam>
/// <typeparam name="TResult">The result of plain windows.</typeparam>
public abstract class SlidingOperation<TInput, TWindowed, TResult>
    : Operation<TInput, SlidingResult<TResult>>, IResidentOperation<TInput, SlidingResult<TResult>>
    where TResult : class
{
    private protected SlidingOperation(Operation<TWindowed, TResult> windowed) => Windowed = windowed;

    /// <summary>The operation over plain windows.</summary>
    public Operation<TWindowed, TResult> Windowed { get; }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<KernelEntry> Kernels => [.. IlgpuResidents.Entries, .. Windowed.Kernels];

    /// <inheritdoc/>
    public sealed override bool CanRunOn(DeviceDescription device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.Kind != DeviceKind.External && Windowed.CanRunOn(device);
    }

    /// <inheritdoc/>
    public sealed override int WindowsOf(TInput input) => SlidingOf(input).Count;

    /// <inheritdoc/>
    public sealed override string? NonFinite(SlidingResult<TResult> result) => result.TryGetValue(out var value) ? Windowed.NonFinite(value) : null;

    /// <inheritdoc/>
    public sealed override SlidingResult<TResult> Reference(TInput input)
    {
        var windows = SlidingOf(input);
        return windows.IsWhole ? new(Windowed.Reference(With(input, Unfold(windows))), isHeld: false) : default;
    }

    /// <inheritdoc/>
    public sealed override OperationForm<TInput, SlidingResult<TResult>> CreateNativeForm(NativeCode code) =>
        new SlidingNative<TInput, TWindowed, TResult>(this, Windowed.CreateNativeForm(code), new NativeResidents(new ResidentPool(0)), isPlain: false);

    /// <inheritdoc/>
    public sealed override OperationForm<TInput, SlidingResult<TResult>> CreateIlgpuForm(Accelerator accelerator) =>
        new SlidingIlgpu<TInput, TWindowed, TResult>(this, Windowed.CreateIlgpuForm(accelerator), new IlgpuResidents(accelerator, new ResidentPool(0)));

    OperationForm<TInput, SlidingResult<TResult>> IResidentOperation<TInput, SlidingResult<TResult>>.CreateForm(
        DeviceHardware hardware, NativeResidents residents) =>
        new SlidingNative<TInput, TWindowed, TResult>(this, hardware.CreateForm(Windowed), residents, isPlain: false);

    OperationForm<TInput, SlidingResult<TResult>> IResidentOperation<TInput, SlidingResult<TResult>>.CreateForm(
        DeviceHardware hardware, IlgpuResidents residents) =>
        new SlidingIlgpu<TInput, TWindowed, TResult>(this, hardware.CreateForm(Windowed), residents);

    internal sealed override Operation OnArrays => Windowed;

    OperationForm<TInput, SlidingResult<TResult>> IResidentOperation<TInput, SlidingResult<TResult>>.CreateForm(ArrayHardware hardware) =>
        new SlidingNative<TInput, TWindowed, TResult>(this, hardware.CreateForm(Windowed), new NativeResidents(new ResidentPool(0)), isPlain: true);

    /// <summary>The windows of an input.</summary>
    internal abstract SlidingWindows SlidingOf(TInput input);

    /// <summary>The input of plain windows that asks for the same.</summary>
    internal abstract TWindowed With(TInput input, WindowBatch windows);

    /// <summary>One result of results of successive windows.</summary>
    internal abstract TResult Join(ReadOnlySpan<TResult> parts);

    /// <summary>Windows copied apart, as plain windows are given.</summary>
    internal static WindowBatch Unfold(in SlidingWindows windows)
    {
        if (windows.Count == 1 || windows.Stride == windows.Length)
            return new WindowBatch(windows.Samples, windows.Length);
        var apart = new float[windows.Count * windows.Length];
        for (var i = 0; i < windows.Count; i++)
            windows.Samples.Span.Slice(i * windows.Stride, windows.Length).CopyTo(apart.AsSpan(i * windows.Length));
        return new WindowBatch(apart, windows.Length);
    }
}
