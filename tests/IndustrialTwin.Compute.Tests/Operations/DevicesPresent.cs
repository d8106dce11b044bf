using System.Runtime.InteropServices;
using ILGPU.Runtime.OpenCL;
using IndustrialTwin.Devices;
using IndustrialTwin.Devices.Ilgpu;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace IndustrialTwin.Operations;

/// <summary>Opens each device once for a class of tests; an absent one skips the test with its reason.</summary>
public sealed partial class DevicesPresent : IAsyncDisposable
{
    public const string Simulator = "ilgpu-simulator";
    public const string Cuda = "cuda";

    /// <summary>An OpenCL GPU, as discovery would take it.</summary>
    public const string OpenCl = "opencl";

    /// <summary>
    /// Any OpenCL device, also a processor, also one without a generic address space. ILGPU declares every view's pointer generic, but a
    /// view in a kernel's arguments is always global, so where generic does not compile (PoCL 3.1) it is defined as global.
    /// </summary>
    public const string OpenClForced = "opencl-forced";

    private readonly Dictionary<string, (IComputeDevice? Device, string Reason)> _open = [];

    public static string[] Names { get; } = ["native-simd", "native-portable", Simulator, Cuda, OpenCl, OpenClForced];

    public async Task<IComputeDevice> OpenAsync(string name)
    {
        if (!_open.TryGetValue(name, out var opened))
            _open.Add(name, opened = await TryOpenAsync(name));
        if (opened.Device is null)
            Assert.Skip($"{name}: {opened.Reason}");
        return opened.Device;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (device, _) in _open.Values)
        {
            if (device is not null)
                await device.DisposeAsync();
        }
    }

    internal static IlgpuDevice Ilgpu(string name, DeviceOptions? options = null) => new(
        name,
        name switch
        {
            Simulator => IlgpuHardware.Simulator,
            Cuda => IlgpuHardware.Cuda(0),
            OpenCl => IlgpuHardware.OpenCl(
                0, found => (found.DeviceType & CLDeviceType.CL_DEVICE_TYPE_GPU) != 0 && found.Capabilities.GenericAddressSpace),
            OpenClForced => IlgpuHardware.OpenCl(0, Force),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such device."),
        },
        options ?? DeviceOptions.Default,
        TimeProvider.System,
        NullLogger.Instance);

    private static async Task<(IComputeDevice? Device, string Reason)> TryOpenAsync(string name)
    {
        switch (name)
        {
            case "native-simd":
                return (await DeviceDiscovery.OpenNativeAsync(name), "");
            case "native-portable":
                return (await DeviceDiscovery.OpenNativeAsync(name, NativeCode.Portable), "");
            default:
                var device = Ilgpu(name);
                try
                {
                    await device.OpenAsync();
                    return (device, "");
                }
                catch (Exception error)
                {
                    return (null, error.Message);
                }
        }
    }

    private static bool Force(CLDevice device)
    {
        // PoCL reads it with getenv at every build; .NET's own environment is a copy that C does not see.
        if (!device.Capabilities.GenericAddressSpace && !OperatingSystem.IsWindows())
            Assert.Equal(0, SetEnvironment("POCL_EXTRA_BUILD_FLAGS", "-D__generic=__global", 1));
        // No public setter: a device that lacks the capability is meant to be refused, and outside tests it is.
        typeof(CLDevice).Assembly.GetType("ILGPU.Runtime.OpenCL.CLCapabilityContext")!
            .GetProperty("GenericAddressSpace")!.SetValue(device.Capabilities, true);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int isOverwritten);
}
