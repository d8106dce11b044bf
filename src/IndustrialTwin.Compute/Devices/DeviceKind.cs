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

    /// <summary>A neural processing unit behind a driver.</summary>
    Npu,

    /// <summary>A field-programmable gate array behind a driver.</summary>
    Fpga,

    /// <summary>An application-specific circuit behind a driver.</summary>
    Asic,

    /// <summary>A data processing unit, as on a network card, behind a driver.</summary>
    Dpu,

    /// <summary>Anything else behind a driver, and a driver's device that has not been open yet.</summary>
    External,
}
