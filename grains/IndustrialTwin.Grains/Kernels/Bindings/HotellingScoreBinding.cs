using IndustrialTwin.Accelerators;
using IndustrialTwin.Operations.Hotelling;

namespace IndustrialTwin.Kernels;

/// <summary>A unit is <see cref="KernelBinding{TRequest, TInput, TResult}.UnitRows"/> rows.</summary>
internal sealed class HotellingScoreBinding() : KernelBinding<HotellingScoreRequest, HotellingScoreInput, double[]>(HotellingScore.Instance)
{
    protected override HotellingScoreInput InputOf(HotellingScoreRequest request)
    {
        var model = ModelOf(request);
        return new(
            new RowMatrix(request.Rows, model.Mean.Length),
            new HotellingModel(model.Mean, model.Scale, model.InverseCovariance, model.Rows, model.Rank, model.UpperControlLimit));
    }

    protected override ComputeReply ReplyTo(HotellingScoreRequest request, double[] result) => Done(result);

    protected override KernelShape ShapeOf(HotellingScoreRequest request) => new(ModelOf(request).Mean.Length);

    protected override long UnitsOf(HotellingScoreRequest request) =>
        UnitsFor(Present(request.Rows, nameof(request.Rows)).Length / Math.Max(1, request.Model.Mean.Length));

    protected override long BytesOf(HotellingScoreRequest request) => sizeof(double) * (long)request.Rows.Length;

    protected override HotellingScoreRequest NoiseOf(KernelShape shape, int units)
    {
        var channels = shape.First;
        var inverse = new double[KernelNoise.Checked((long)channels * channels)];
        for (var i = 0; i < channels; i++)
        {
            inverse[(i * channels) + i] = 1;
        }

        var model = new HotellingModelData(new double[channels], [.. Enumerable.Repeat(1.0, channels)], inverse, channels + 2, channels, 1);
        return new HotellingScoreRequest(model, KernelNoise.Doubles((long)units * UnitRows * channels));
    }

    private HotellingModelData ModelOf(HotellingScoreRequest request)
    {
        var model = Present(request.Model, nameof(request.Model));
        Present(model.Mean, "Model.Mean");
        return model;
    }
}
