using IndustrialTwin.Accelerators;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Rolling;

namespace IndustrialTwin.Kernels;

/// <summary>A unit is <see cref="UnitValues"/> values: the cost grows with them, whatever the length of the series.</summary>
internal sealed class ExponentialBinding() : KernelBinding<ExponentialRequest, ExponentialInput, ExponentialResult>(ExponentialStatistics.Instance)
{
    private const int UnitValues = 1_024;

    protected override ExponentialInput InputOf(ExponentialRequest request) => new(
        new WindowBatch(request.Series, request.SeriesRows),
        request.Smoothing,
        request.Chart is { } chart ? new ControlChart(chart.Target, chart.Deviation, chart.Width) : null);

    protected override long UnitsOf(ExponentialRequest request) => UnitsFor(
        request.SeriesRows * WindowsOf(request.Series, nameof(request.Series), request.SeriesRows, nameof(request.SeriesRows)), UnitValues);

    protected override long BytesOf(ExponentialRequest request) => sizeof(float) * (long)request.Series.Length;

    protected override ExponentialRequest NoiseOf(KernelShape shape, int units) =>
        new(KernelNoise.Floats((long)units * UnitValues), units * UnitValues, 0.1, new ControlChartTerms(0, 1));

    protected override ComputeReply ReplyTo(ExponentialRequest request, ExponentialResult result)
    {
        var values = new double[2 * result.Mean.Length];
        for (var i = 0; i < result.Mean.Length; i++)
        {
            (values[2 * i], values[(2 * i) + 1]) = (result.Mean[i], result.Variance[i]);
        }

        return Done(values) with { Result = request.Chart is null ? null : new ControlChartResult(result.HalfWidths, result.FirstOutside) };
    }
}
