using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;
using IndustrialTwin.Devices.Residents;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Sliding;

namespace IndustrialTwin.Devices.Ilgpu;

/// <summary>An open ILGPU context and accelerator, with what hangs on them: kernels and buffers.</summary>
internal sealed class IlgpuAccelerator : DeviceHardware
{
    /// <summary>Drivers look for their devices when they are first asked, and not all can do that for two threads: PoCL ends the process.</summary>
    private static readonly Lock Looking = new();

    private readonly Context _context;
    private readonly Accelerator _accelerator;
    private readonly IlgpuResidents _residents;

    public IlgpuAccelerator(string id, IlgpuHardware hardware, DeviceOptions options, DeviceCounters counters)
    {
        NativeLibraries.Map();
        // Fast math is left off: the reference decides how many digits a kernel has. Inlining makes address spaces known to OpenCL.
        lock (Looking)
        {
            _context = Context.Create(builder =>
            {
                builder.Optimize(OptimizationLevel.O1).Inlining(InliningMode.Aggressive);
                hardware.Register(builder);
            });
        }

        try
        {
            var device = hardware.Choose(_context)
                ?? throw new IlgpuDeviceAbsentException($"ILGPU finds no further device of kind {hardware.Kind}.");
            _accelerator = device.CreateAccelerator(_context);
            _accelerator.Bind();
            _residents = new IlgpuResidents(_accelerator, new ResidentPool(options.ResidentBytesMax, id, counters));
            Description = new DeviceDescription(
                id,
                hardware.Kind,
                device.Name,
                device.MemorySize,
                device.NumMultiprocessors,
                device.Capabilities is not CLCapabilityContext { Float64: false },
                device.WarpSize * 32);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override DeviceDescription Description { get; }

    public override OperationForm<TInput, TResult> CreateForm<TInput, TResult>(Operation<TInput, TResult> operation)
    {
        using var log = new DriverLog();
        try
        {
            return operation is IResidentOperation<TInput, TResult> resident
                ? resident.CreateForm(this, _residents)
                : operation.CreateIlgpuForm(_accelerator);
        }
        catch (Exception error) when (log.Text is { Length: > 0 } text)
        {
            throw new InvalidOperationException($"{error.Message} The driver says: {text}", error);
        }
    }

    public override void Dispose()
    {
        try
        {
            _residents?.Dispose();
            _accelerator?.Dispose();
        }
        finally
        {
            _context.Dispose();
        }
    }
}
