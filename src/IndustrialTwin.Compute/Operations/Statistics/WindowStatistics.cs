using System.Runtime.InteropServices;
using ILGPU.Runtime;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Operations.Statistics;

/// <summary>
/// Time-domain statistics of each window. All forms sum in double around the window's mean (corrected two-pass algorithm, Chan, Golub
/// and LeVeque 1983), so an offset far above the signal costs no digits.
/// </summary>
public sealed class WindowStatistics : Operation<WindowBatch, WindowSummary[]>
{
    /// <summary>Samples that one window may have.</summary>
    public const int LengthMax = 1 << 20;

    private WindowStatistics()
    {
    }

    /// <summary>The operation.</summary>
    public static WindowStatistics Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "window-statistics";

    /// <inheritdoc/>
    public override IReadOnlyList<KernelEntry> Kernels => WindowStatisticsIlgpu.Entries;

    /// <inheritdoc/>
    public override bool CanRunOn(DeviceDescription device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.SupportsFloat64;
    }

    /// <inheritdoc/>
    public override void Validate(WindowBatch input) => input.Validate(Name, 1, LengthMax);

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(WindowBatch input) => new(input.Length);

    /// <inheritdoc/>
    public override string? NonFinite(WindowSummary[] result)
    {
        var values = MemoryMarshal.Cast<WindowSummary, double>(result);
        var bad = Finite.IndexOfNonFinite(values);
        return bad < 0 ? null : $"the summary of window {bad / (values.Length / result.Length)} is {result[bad / (values.Length / result.Length)]}";
    }

    /// <inheritdoc/>
    public override int WindowsOf(WindowBatch input) => input.Count;

    /// <inheritdoc/>
    public override WindowSummary[] Reference(WindowBatch input)
    {
        var results = new WindowSummary[input.Count];
        for (var i = 0; i < results.Length; i++)
            results[i] = WindowStatisticsReference.Summarise(input.Window(i));
        return results;
    }

    /// <inheritdoc/>
    public override OperationForm<WindowBatch, WindowSummary[]> CreateNativeForm(NativeCode code) => new WindowStatisticsNative(code);

    /// <inheritdoc/>
    public override OperationForm<WindowBatch, WindowSummary[]> CreateIlgpuForm(Accelerator accelerator) =>
        new WindowStatisticsIlgpu(accelerator);
}
