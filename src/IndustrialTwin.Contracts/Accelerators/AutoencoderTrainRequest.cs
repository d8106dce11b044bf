namespace IndustrialTwin.Accelerators;

/// <summary>
/// Asks for training of a small dense autoencoder by mini-batches. It runs in slices between what is more urgent on its device, and may be
/// cut into several requests: each goes on from the state that the last one gave, wherever it runs.
/// </summary>
/// <param name="Start">Where to go on, or null to begin with a new model of <paramref name="Shape"/>.</param>
/// <param name="Shape">The layers of a new model: channels, hidden, code. Those of the state where there is one.</param>
/// <param name="Rows">The rows to learn, one after the other, scaled to about deviation 1.</param>
/// <param name="Steps">Mini-batches to do, 1 to 1,048,576.</param>
/// <param name="BatchRows">Rows drawn for each, 1 to 1,024.</param>
/// <param name="LearningRate">Adam's step size, above 0.</param>
/// <param name="Seed">Equal seeds draw equal rows and begin with equal models.</param>
[GenerateSerializer, Immutable, Alias("itwin.autoencoder-train-request")]
public sealed record AutoencoderTrainRequest(
    [property: Id(0)] AutoencoderStateData? Start,
    [property: Id(1)] AutoencoderShapeData Shape,
    [property: Id(2)] float[] Rows,
    [property: Id(3)] int Steps,
    [property: Id(4)] int BatchRows = 64,
    [property: Id(5)] float LearningRate = 1e-3f,
    [property: Id(6)] ulong Seed = 1) : ComputeRequest;

/// <summary>Asks for the reconstruction error of rows: a value a row, great where it is unlike what the model learned.</summary>
/// <param name="Shape">The model's layers.</param>
/// <param name="Parameters">The model's parameters.</param>
/// <param name="Rows">The rows one after the other, scaled as for training.</param>
[GenerateSerializer, Immutable, Alias("itwin.autoencoder-score-request")]
public sealed record AutoencoderScoreRequest(
    [property: Id(0)] AutoencoderShapeData Shape, [property: Id(1)] float[] Parameters, [property: Id(2)] float[] Rows) : ComputeRequest;

/// <summary>The layers of an autoencoder: channels, hidden, code, hidden, channels.</summary>
/// <param name="Channels">Values of a row, 1 to 1,024.</param>
/// <param name="Hidden">Units of the outer hidden layers, 1 to 1,024.</param>
/// <param name="Code">Units of the innermost layer, 1 to 1,024.</param>
[GenerateSerializer, Immutable, Alias("itwin.autoencoder-shape")]
public readonly record struct AutoencoderShapeData([property: Id(0)] int Channels, [property: Id(1)] int Hidden, [property: Id(2)] int Code);

/// <summary>An autoencoder in training.</summary>
/// <param name="Shape">Its layers.</param>
/// <param name="Parameters">Its weights and biases.</param>
/// <param name="FirstMoments">Adam's running means of the gradients.</param>
/// <param name="SecondMoments">Adam's running means of their squares.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Loss">Mean squared error over the rows of the last request.</param>
[GenerateSerializer, Immutable, Alias("itwin.autoencoder-state")]
public sealed record AutoencoderStateData(
    [property: Id(0)] AutoencoderShapeData Shape,
    [property: Id(1)] float[] Parameters,
    [property: Id(2)] float[] FirstMoments,
    [property: Id(3)] float[] SecondMoments,
    [property: Id(4)] long Step,
    [property: Id(5)] double Loss);
