using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using IndustrialTwin.Devices.Residents;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Sliding;

namespace IndustrialTwin.Devices.Native;

/// <summary>The processor's threads that a native device may use.</summary>
internal sealed class NativeProcessor : DeviceHardware
{
    private readonly NativeCode _code;
    private readonly DeviceOptions _options;
    private readonly Crew? _crew;
    private readonly NativeResidents _residents;

    public NativeProcessor(string id, NativeCode code, DeviceOptions options, DeviceCounters counters)
    {
        _code = code;
        _options = options;
        _residents = new NativeResidents(new ResidentPool(options.ResidentBytesMax, id, counters));
        if (options.NativeThreadsMax > 1)
            _crew = new Crew(id, options.NativeThreadsMax - 1);
        Description = new DeviceDescription(
            id,
            DeviceKind.NativeCpu,
            ProcessorName(),
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            options.NativeThreadsMax,
            SupportsFloat64: true,
            VectorWidthBits(code));
    }

    public override DeviceDescription Description { get; }

    public override OperationForm<TInput, TResult> CreateForm<TInput, TResult>(Operation<TInput, TResult> operation) =>
        operation is IResidentOperation<TInput, TResult> resident
            ? resident.CreateForm(this, _residents)
            : _crew is null || operation.IsSliced
            ? operation.CreateNativeForm(_code)
            : new SplitForm<TInput, TResult>(operation, _code, _crew, _options.NativeSplitWindowsMin);

    public override void Dispose() => _crew?.Dispose();

    private static int VectorWidthBits(NativeCode code) => code == NativeCode.Portable ? 64
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
