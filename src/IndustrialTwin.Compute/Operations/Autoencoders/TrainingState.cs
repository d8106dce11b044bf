namespace IndustrialTwin.Operations.Autoencoders;

/// <summary>A model on its way. Training goes on from it on any device.</summary>
/// <param name="Model">The model so far.</param>
/// <param name="FirstMoments">Adam's running means of the gradients, one a parameter.</param>
/// <param name="SecondMoments">Adam's running means of their squares, one a parameter.</param>
/// <param name="Step">Steps done.</param>
public sealed record TrainingState(AutoencoderModel Model, float[] FirstMoments, float[] SecondMoments, long Step)
{
    /// <summary>Before the first step.</summary>
    public static TrainingState Start(AutoencoderModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new TrainingState(model, new float[model.Parameters.Length], new float[model.Parameters.Length], 0);
    }
}
