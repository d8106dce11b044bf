using IndustrialTwin.Accelerators;
using IndustrialTwin.Operations.Hotelling;

namespace IndustrialTwin.Kernels;

/// <summary>A unit is <see cref="KernelBinding{TRequest, TInput, TResult}.UnitRows"/> rows.</summary>
internal sealed class HotellingFitBinding() : KernelBinding<HotellingFitRequest, HotellingFitInput, HotellingModel>(HotellingFit.Instance)
{
    protected override bool IsBatched => false;

    protected override HotellingFitInput InputOf(HotellingFitRequest request) => new(new RowMatrix(request.Rows, request.Channels));

    protected override ComputeReply ReplyTo(HotellingFitRequest request, HotellingModel result) => Done(Array.Empty<double>()) with
    {
        Model = new HotellingModelData(result.Mean, result.Scale, result.InverseCovariance, result.Rows, result.Rank, result.UpperControlLimit),
    };

    protected override KernelShape ShapeOf(HotellingFitRequest request) => new(request.Channels);

    protected override long UnitsOf(HotellingFitRequest request) => UnitsFor(Present(request.Rows, nameof(request.Rows)).Length / Math.Max(1, request.Channels));

    protected override long BytesOf(HotellingFitRequest request) => sizeof(double) * (long)request.Rows.Length;

    protected override HotellingFitRequest NoiseOf(KernelShape shape, int units) =>
        new(KernelNoise.Doubles(Math.Max((long)units * UnitRows, shape.First + 2L) * shape.First), shape.First);
}
