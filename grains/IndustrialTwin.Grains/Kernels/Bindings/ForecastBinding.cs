using IndustrialTwin.Accelerators;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Forecasts;

namespace IndustrialTwin.Kernels;

/// <summary>A unit is <see cref="KernelBinding{TRequest, TInput, TResult}.UnitRows"/> windows.</summary>
internal sealed class ForecastBinding() : KernelBinding<ForecastRequest, ForecastInput, float[]>(Forecast.Instance)
{
    protected override ForecastInput InputOf(ForecastRequest request)
    {
        var model = Present(request.Model, nameof(request.Model));
        return new(
            new WindowBatch(request.Windows, model.InputRows),
            new ForecastModel(model.InputRows, model.HorizonRows, model.IsLastSubtracted, model.Weights, model.Bias));
    }

    protected override ComputeReply ReplyTo(ForecastRequest request, float[] result) => Done(result);

    protected override KernelShape ShapeOf(ForecastRequest request)
    {
        var model = Present(request.Model, nameof(request.Model));
        return new(model.InputRows, model.HorizonRows);
    }

    protected override long UnitsOf(ForecastRequest request) =>
        UnitsFor(WindowsOf(request.Windows, nameof(request.Windows), request.Model.InputRows, "Model.InputRows"));

    protected override long BytesOf(ForecastRequest request) =>
        sizeof(float) * ((long)request.Windows.Length + Present(request.Model.Weights, "Model.Weights").Length);

    protected override ForecastRequest NoiseOf(KernelShape shape, int units) => new(
        new ForecastModelData(shape.First, shape.Second, true, KernelNoise.Floats((long)shape.First * shape.Second), KernelNoise.Floats(shape.Second)),
        KernelNoise.Floats((long)units * UnitRows * shape.First));
}
