using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;
using IndustrialTwin.Operations;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Devices.Ilgpu;

/// <summary>
/// A device behind ILGPU. Context, accelerator, kernels and buffers are made, used and freed by the owner thread alone. A failed launch
/// may leave a CUDA context unusable, so all of it is made anew afterwards.
/// </summary>
internal sealed class IlgpuDevice(string id, IlgpuHardware hardware, DeviceOptions options, TimeProvider time, ILogger logger)
    : OwnedDevice(id, options, time, logger)
{
    private Context? _context;
    private Accelerator? _accelerator;

    protected override bool IsRebuiltAfterFailure => true;

    protected override DeviceDescription OpenHardware()
    {
        NativeLibraries.Map();
        // Fast math is left off: the reference decides how many digits a kernel has. Inlining makes address spaces known to OpenCL.
        _context = Context.Create(builder =>
        {
            builder.Optimize(OptimizationLevel.O1).Inlining(InliningMode.Aggressive);
            hardware.Register(builder);
        });
        var device = hardware.Choose(_context)
            ?? throw new IlgpuDeviceAbsentException($"ILGPU finds no further device of kind {hardware.Kind}.");
        _accelerator = device.CreateAccelerator(_context);
        _accelerator.Bind();
        return new DeviceDescription(
            Id,
            hardware.Kind,
            device.Name,
            device.MemorySize,
            device.NumMultiprocessors,
            device.Capabilities is not CLCapabilityContext { Float64: false },
            device.WarpSize * 32);
    }

    protected override void CloseHardware()
    {
        var (accelerator, context) = (_accelerator, _context);
        (_accelerator, _context) = (null, null);
        try
        {
            accelerator?.Dispose();
        }
        finally
        {
            context?.Dispose();
        }
    }

    protected override OperationForm<TInput, TResult> CreateForm<TInput, TResult>(Operation<TInput, TResult> operation) =>
        operation.CreateIlgpuForm(_accelerator ?? throw new InvalidOperationException($"Device '{Id}' is not open."));
}
