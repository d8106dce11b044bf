namespace IndustrialTwin.Devices.Ilgpu;

/// <summary>There is no such device, as opposed to one that does not work.</summary>
internal sealed class IlgpuDeviceAbsentException(string message) : Exception(message);
