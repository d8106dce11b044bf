using IndustrialTwin.Devices.Native;
using IndustrialTwin.Operations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace IndustrialTwin.Devices;

/// <summary>Opens the devices of a machine.</summary>
public sealed class DeviceDiscovery
{
    /// <summary>Opens one native device. It is always possible.</summary>
    /// <param name="id">Its id on this node.</param>
    /// <param name="code">Vector code, or plain loops.</param>
    /// <param name="options">Limits; the default ones when null.</param>
    /// <param name="time">The clock of deadlines and timings; the system's when null.</param>
    /// <param name="logger">Where failures are written.</param>
    public static async Task<IComputeDevice> OpenNativeAsync(
        string id = "native-0",
        NativeCode code = NativeCode.Simd,
        DeviceOptions? options = null,
        TimeProvider? time = null,
        ILogger? logger = null)
    {
        var device = new NativeDevice(id, code, options ?? DeviceOptions.Default, time ?? TimeProvider.System, logger ?? NullLogger.Instance);
        await device.OpenAsync().ConfigureAwait(false);
        return device;
    }
}
