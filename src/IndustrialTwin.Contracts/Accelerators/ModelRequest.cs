namespace IndustrialTwin.Accelerators;

/// <summary>
/// Asks a trained model in ONNX form, one that the silos have been given, for its output. The answer has as many values a window as the
/// model gives, window by window; their unit is the model's.
/// </summary>
/// <param name="Model">The model's name.</param>
/// <param name="Windows">Windows one after the other, all finite.</param>
/// <param name="WindowRows">Values in a window: as many as the model's input has after the batch.</param>
[GenerateSerializer, Immutable, Alias("itwin.model-request")]
public sealed record ModelRequest(
    [property: Id(0)] string Model, [property: Id(1)] float[] Windows, [property: Id(2)] int WindowRows) : ComputeRequest;
