using IndustrialTwin.Accelerators;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Autoencoders;

namespace IndustrialTwin.Kernels;

/// <summary>A unit is a step; its cost depends on the layers and on the rows of a step.</summary>
internal sealed class AutoencoderTrainBinding()
    : KernelBinding<AutoencoderTrainRequest, AutoencoderTrainInput, AutoencoderTrainResult>(AutoencoderTrain.Instance)
{
    protected override AutoencoderTrainInput InputOf(AutoencoderTrainRequest request) => new(
        request.Start is { } start
            ? new TrainingState(new AutoencoderModel(AutoencoderScoreBinding.ShapeOf(start.Shape), start.Parameters), start.FirstMoments, start.SecondMoments, start.Step)
            : TrainingState.Start(AutoencoderModel.Create(AutoencoderScoreBinding.ShapeOf(request.Shape), request.Seed)),
        new WindowBatch(request.Rows, LayersOf(request).Channels),
        request.Steps,
        request.BatchRows,
        request.LearningRate,
        request.Seed);

    protected override ComputeReply ReplyTo(AutoencoderTrainRequest request, AutoencoderTrainResult result)
    {
        var (model, state) = (result.State.Model, result.State);
        return Done([result.Loss]) with
        {
            Autoencoder = new AutoencoderStateData(
                new AutoencoderShapeData(model.Shape.Channels, model.Shape.Hidden, model.Shape.Code),
                model.Parameters, state.FirstMoments, state.SecondMoments, state.Step, result.Loss),
        };
    }

    protected override KernelShape ShapeOf(AutoencoderTrainRequest request)
    {
        var layers = LayersOf(request);
        return new(layers.Channels, layers.Hidden, layers.Code, request.BatchRows);
    }

    protected override long UnitsOf(AutoencoderTrainRequest request) => request.Steps;

    protected override long BytesOf(AutoencoderTrainRequest request) => sizeof(float) * (long)Present(request.Rows, nameof(request.Rows)).Length;

    protected override AutoencoderTrainRequest NoiseOf(KernelShape shape, int units) => new(
        null, new AutoencoderShapeData(shape.First, shape.Second, shape.Third), KernelNoise.Floats((long)UnitRows * shape.First), units, shape.Fourth);

    private static AutoencoderShapeData LayersOf(AutoencoderTrainRequest request) => request.Start?.Shape ?? request.Shape;
}
