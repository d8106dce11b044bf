using IndustrialTwin.Accelerators;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Forecasts;

namespace IndustrialTwin.Kernels;

/// <summary>A unit is <see cref="UnitValues"/> values; what one costs depends on input and horizon.</summary>
internal sealed class ForecastFitBinding() : KernelBinding<ForecastFitRequest, ForecastFitInput, ForecastModel>(ForecastFit.Instance)
{
    private const int UnitValues = 1_024;

    protected override bool IsBatched => false;

    protected override ForecastFitInput InputOf(ForecastFitRequest request) => new(
        new WindowBatch(request.Series, request.SeriesRows), request.InputRows, request.HorizonRows, request.Ridge, request.IsLastSubtracted);

    protected override ComputeReply ReplyTo(ForecastFitRequest request, ForecastModel result) => Done(Array.Empty<double>()) with
    {
        Result = new ForecastModelData(result.InputLength, result.Horizon, result.IsLastSubtracted, result.Weights, result.Bias),
    };

    protected override KernelShape ShapeOf(ForecastFitRequest request) => new(request.InputRows, request.HorizonRows);

    protected override long UnitsOf(ForecastFitRequest request) => UnitsFor(Present(request.Series, nameof(request.Series)).Length, UnitValues);

    protected override long BytesOf(ForecastFitRequest request) => sizeof(float) * (long)request.Series.Length;

    protected override ForecastFitRequest NoiseOf(KernelShape shape, int units)
    {
        var rows = Math.Max((long)units * UnitValues, shape.First + shape.Second + 1L);
        return new(KernelNoise.Floats(rows), (int)rows, shape.First, shape.Second);
    }
}
