using IndustrialTwin.Accelerators;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Rolling;

namespace IndustrialTwin.Kernels;

/// <summary>A unit is <see cref="UnitValues"/> values: the cost grows with them, whatever the length of the series.</summary>
internal sealed class RollingBinding() : KernelBinding<RollingRequest, RollingInput, RollingResult>(RollingStatistics.Instance)
{
    private const int UnitValues = 1_024;
    private const int Figures = 4;

    protected override RollingInput InputOf(RollingRequest request) => new(new WindowBatch(request.Series, request.SeriesRows), request.WidthRows);

    protected override KernelShape ShapeOf(RollingRequest request) => new(request.WidthRows);

    protected override long UnitsOf(RollingRequest request) => UnitsFor(
        request.SeriesRows * WindowsOf(request.Series, nameof(request.Series), request.SeriesRows, nameof(request.SeriesRows)), UnitValues);

    protected override long BytesOf(RollingRequest request) => sizeof(float) * (long)request.Series.Length;

    protected override RollingRequest NoiseOf(KernelShape shape, int units)
    {
        var rows = Math.Max((long)units * UnitValues, shape.First);
        return new(KernelNoise.Floats(rows), (int)rows, shape.First);
    }

    protected override ComputeReply ReplyTo(RollingRequest request, RollingResult result)
    {
        var values = new double[result.Mean.Length * Figures];
        for (var i = 0; i < result.Mean.Length; i++)
        {
            var at = i * Figures;
            (values[at], values[at + 1], values[at + 2], values[at + 3]) = (result.Mean[i], result.Variance[i], result.Min[i], result.Max[i]);
        }

        return Done(values);
    }
}
