using IndustrialTwin.Accelerators;
using IndustrialTwin.Analyses;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Statistics;

namespace IndustrialTwin.Kernels;

/// <summary>A unit is a window.</summary>
internal sealed class WindowStatisticsBinding() : KernelBinding<WindowStatisticsRequest, WindowBatch, WindowSummary[]>(WindowStatistics.Instance)
{
    private static readonly int Statistics = Enum.GetValues<Statistic>().Length;

    protected override WindowBatch InputOf(WindowStatisticsRequest request) => new(request.Windows, request.WindowRows);

    protected override KernelShape ShapeOf(WindowStatisticsRequest request) => new(request.WindowRows);

    protected override long UnitsOf(WindowStatisticsRequest request) =>
        WindowsOf(request.Windows, nameof(request.Windows), request.WindowRows, nameof(request.WindowRows));

    protected override long BytesOf(WindowStatisticsRequest request) => sizeof(float) * (long)request.Windows.Length;

    protected override WindowStatisticsRequest NoiseOf(KernelShape shape, int units) => new(KernelNoise.Floats((long)units * shape.First), shape.First);

    protected override ComputeReply ReplyTo(WindowStatisticsRequest request, WindowSummary[] result) => Done(ValuesOf(result));

    /// <summary>The statistics of windows as a reply has them.</summary>
    internal static double[] ValuesOf(WindowSummary[] result)
    {
        var values = new double[result.Length * Statistics];
        for (var i = 0; i < result.Length; i++)
        {
            var (window, at) = (result[i], i * Statistics);
            values[at + (int)Statistic.Mean] = window.Mean;
            values[at + (int)Statistic.StandardDeviation] = window.StandardDeviation;
            values[at + (int)Statistic.Minimum] = window.Min;
            values[at + (int)Statistic.Maximum] = window.Max;
            values[at + (int)Statistic.Rms] = window.Rms;
            values[at + (int)Statistic.Peak] = window.Peak;
            values[at + (int)Statistic.PeakToPeak] = window.PeakToPeak;
            values[at + (int)Statistic.CrestFactor] = window.CrestFactor;
            values[at + (int)Statistic.Skewness] = window.Skewness;
            values[at + (int)Statistic.Kurtosis] = window.Kurtosis;
        }

        return values;
    }
}
