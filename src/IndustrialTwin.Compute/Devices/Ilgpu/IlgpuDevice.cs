using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Devices.Ilgpu;

/// <summary>A device behind ILGPU. A failed launch may leave a CUDA context unusable, so all of it is made anew afterwards.</summary>
internal sealed class IlgpuDevice(string id, IlgpuHardware hardware, DeviceOptions options, TimeProvider time, ILogger logger)
    : OwnedDevice(id, options, time, logger)
{
    private readonly DeviceOptions _options = options;

    protected internal override bool IsRebuiltAfterFailure => true;

    protected internal override DeviceHardware OpenHardware() => new IlgpuAccelerator(Id, hardware, _options, Counters);
}
