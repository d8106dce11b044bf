namespace IndustrialTwin.Devices;

/// <summary>What drives a device.</summary>
public enum DeviceKind
{
    /// <summary>Hand-vectorised code on a processor thread. Always present.</summary>
    NativeCpu,

    /// <summary>An NVIDIA GPU through ILGPU's PTX backend.</summary>
    IlgpuCuda,

    /// <summary>An OpenCL device through ILGPU.</summary>
    IlgpuOpenCl,

    /// <summary>ILGPU's thread-by-thread simulator. For conformance tests; never chosen by discovery.</summary>
    IlgpuCpuSimulator,
}
