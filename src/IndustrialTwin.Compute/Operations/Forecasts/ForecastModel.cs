namespace IndustrialTwin.Operations.Forecasts;

/// <summary>A linear forecast: each step ahead is a weighted sum of the last samples and a bias.</summary>
/// <param name="InputLength">Samples L that a forecast starts from.</param>
/// <param name="Horizon">Steps H ahead.</param>
/// <param name="IsLastSubtracted">The last sample is taken off the input and put back on the forecast (NLinear).</param>
/// <param name="Weights">L × H, row-major; no unit.</param>
/// <param name="Bias">H values in the signal's unit.</param>
public sealed record ForecastModel(int InputLength, int Horizon, bool IsLastSubtracted, float[] Weights, float[] Bias)
{
    /// <summary>Models of equal parts are equal, so jobs that bring their models over a wire share a launch.</summary>
    public bool Equals(ForecastModel? other) => ReferenceEquals(this, other)
        || (other is not null
            && (InputLength, Horizon, IsLastSubtracted) == (other.InputLength, other.Horizon, other.IsLastSubtracted)
            && Weights.AsSpan().SequenceEqual(other.Weights)
            && Bias.AsSpan().SequenceEqual(other.Bias));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(InputLength, Horizon, IsLastSubtracted, Weights.Length == 0 ? 0 : Weights[0]);
}
