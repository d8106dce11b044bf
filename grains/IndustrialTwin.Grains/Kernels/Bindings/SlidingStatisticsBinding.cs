using IndustrialTwin.Accelerators;
using IndustrialTwin.Operations.Sliding;
using IndustrialTwin.Operations.Statistics;

namespace IndustrialTwin.Kernels;

/// <inheritdoc/>
internal sealed class SlidingStatisticsBinding()
    : SlidingBinding<SlidingStatisticsRequest, SlidingWindows, WindowSummary[]>(SlidingStatistics.Instance)
{
    protected override SlidingWindows InputOf(SlidingStatisticsRequest request) => WindowsOf(request);

    protected override ComputeReply ReplyTo(WindowSummary[] result) => Done(WindowStatisticsBinding.ValuesOf(result));

    protected override SlidingStatisticsRequest Noise(int windowRows, int strideRows, int windows, float[] samples) =>
        new(Guid.Empty, samples.Length, samples, windowRows, strideRows, windows);
}
