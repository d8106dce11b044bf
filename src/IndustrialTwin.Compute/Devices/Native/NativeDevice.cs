using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using IndustrialTwin.Operations;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Devices.Native;

/// <summary>One processor thread with hand-vectorised code. Always there, and the fastest for small batches.</summary>
internal sealed class NativeDevice(string id, NativeCode code, DeviceOptions options, TimeProvider time, ILogger logger)
    : OwnedDevice(id, options, time, logger)
{
    protected override bool IsRebuiltAfterFailure => false;

    protected override DeviceDescription OpenHardware() => new(
        Id,
        DeviceKind.NativeCpu,
        ProcessorName(),
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        ComputeUnits: 1,
        SupportsFloat64: true,
        VectorWidthBits());

    protected override void CloseHardware()
    {
    }

    protected override OperationForm<TInput, TResult> CreateForm<TInput, TResult>(Operation<TInput, TResult> operation) =>
        operation.CreateNativeForm(code);

    private int VectorWidthBits() => code == NativeCode.Portable ? 64
        : Vector512.IsHardwareAccelerated ? 512
        : Vector256.IsHardwareAccelerated ? 256
        : Vector128.IsHardwareAccelerated ? 128
        : 64;

    private static string ProcessorName()
    {
        const string CpuInfo = "/proc/cpuinfo";
        if (File.Exists(CpuInfo))
        {
            foreach (var line in File.ReadLines(CpuInfo))
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon > 0 && line.StartsWith("model name", StringComparison.Ordinal))
                    return line[(colon + 1)..].Trim();
            }
        }

        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
