namespace IndustrialTwin.Accelerators;

/// <summary>Asks for the training of a small dense autoencoder. It runs in slices, so that what is more urgent goes in between.</summary>
/// <param name="Rows">The rows to learn, one after the other.</param>
/// <param name="Channels">Values in a row.</param>
/// <param name="Hidden">Units of the hidden layer.</param>
/// <param name="Epochs">How often all rows are gone through.</param>
/// <param name="Seed">The same seed gives the same model.</param>
[GenerateSerializer, Immutable, Alias("itwin.autoencoder-train-request")]
public sealed record AutoencoderTrainRequest(
    [property: Id(0)] float[] Rows,
    [property: Id(1)] int Channels,
    [property: Id(2)] int Hidden,
    [property: Id(3)] int Epochs,
    [property: Id(4)] int Seed) : ComputeRequest;
