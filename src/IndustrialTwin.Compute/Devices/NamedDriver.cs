namespace IndustrialTwin.Devices;

/// <summary>A driver and the device that it shall drive.</summary>
/// <param name="Id">The device's id on its node: lower-case letters, digits and dashes, as in <c>npu-0</c>.</param>
/// <param name="Driver">The driver.</param>
public sealed record NamedDriver(string Id, DeviceDriver Driver);
