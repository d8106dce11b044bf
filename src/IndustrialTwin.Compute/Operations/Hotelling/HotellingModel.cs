namespace IndustrialTwin.Operations.Hotelling;

/// <summary>What is normal for a set of channels: Hotelling's T² of a row is its squared distance from the mean in this metric.</summary>
/// <param name="Mean">Mean of each channel, in its unit.</param>
/// <param name="Scale">Population standard deviation of each channel, in its unit; 1 where the channel never moved.</param>
/// <param name="InverseCovariance">
/// Inverse, or pseudo-inverse, of the sample covariance (divided by rows - 1) of the scaled channels; row-major, channels × channels.
/// A channel that never moved has zeros: it does not count.
/// </param>
/// <param name="Rows">Rows the model was fitted on.</param>
/// <param name="Rank">Independent channels among them.</param>
/// <param name="UpperControlLimit">T² that a normal row stays below with the confidence asked for.</param>
public sealed record HotellingModel(
    double[] Mean,
    double[] Scale,
    double[] InverseCovariance,
    int Rows,
    int Rank,
    double UpperControlLimit)
{
    /// <summary>Channels of the model.</summary>
    public int Channels => Mean.Length;
}
