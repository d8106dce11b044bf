using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace IndustrialTwin.Devices.Ilgpu;

/// <summary>Which ILGPU device to open, and how to find it again after a failure.</summary>
/// <param name="Kind">What drives it.</param>
/// <param name="Register">Enables its kind in a context.</param>
/// <param name="Choose">Picks it among the context's devices; null when it is not there.</param>
internal sealed record IlgpuHardware(DeviceKind Kind, Action<Context.Builder> Register, Func<Context, Device?> Choose)
{
    /// <summary>The CUDA device of an index.</summary>
    public static IlgpuHardware Cuda(int index) => new(
        DeviceKind.IlgpuCuda,
        builder => builder.Cuda(),
        context => context.Devices.OfType<CudaDevice>().ElementAtOrDefault(index));

    /// <summary>The OpenCL device of an index among those that the filter lets through.</summary>
    public static IlgpuHardware OpenCl(int index, Predicate<CLDevice> filter) => new(
        DeviceKind.IlgpuOpenCl,
        builder => builder.OpenCL(filter),
        context => context.Devices.OfType<CLDevice>().ElementAtOrDefault(index));

    /// <summary>ILGPU's simulator: one thread a lane, so small groups.</summary>
    public static IlgpuHardware Simulator { get; } = new(
        DeviceKind.IlgpuCpuSimulator,
        builder => builder.CPU(new CPUDevice(numThreadsPerWarp: 2, numWarpsPerMultiprocessor: 2, numMultiprocessors: 1)),
        context => context.Devices.OfType<CPUDevice>().FirstOrDefault());
}
