using IndustrialTwin.Operations;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Devices.Native;

/// <summary>
/// The processor with hand-vectorised code: one thread, and for large launches its share of the others. Always there, and the fastest
/// for small batches.
/// </summary>
internal sealed class NativeDevice(string id, NativeCode code, DeviceOptions options, TimeProvider time, ILogger logger)
    : OwnedDevice(id, options, time, logger)
{
    private readonly DeviceOptions _options = options;

    protected internal override bool IsRebuiltAfterFailure => false;

    protected internal override DeviceHardware OpenHardware() => new NativeProcessor(Id, code, _options, Counters);
}
