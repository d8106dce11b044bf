using System.Collections.Frozen;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Devices;

/// <summary>A device behind a driver. It exists, broken, before its hardware does: what is not there yet is tried again like what was lost.</summary>
internal sealed class DrivenDevice(NamedDriver named, DeviceOptions options, TimeProvider time, ILogger logger)
    : OwnedDevice(named.Id, options, time, logger)
{
    protected internal override bool IsRebuiltAfterFailure => named.Driver.IsRebuiltAfterFailure;

    protected internal override DeviceDescription? DescriptionBeforeOpen { get; } =
        new(named.Id, DeviceKind.External, "a driver that is not there yet", 0, 0, false, 0) { Operations = FrozenSet<string>.Empty };

    protected internal override DeviceHardware OpenHardware()
    {
        var hardware = named.Driver.Open(Id);
        if (hardware.Description.Id == Id)
            return hardware;
        using (hardware)
            throw new InvalidOperationException($"The driver describes device '{hardware.Description.Id}'; it was told to open '{Id}'.");
    }
}
