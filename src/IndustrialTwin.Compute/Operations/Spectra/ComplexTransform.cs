namespace IndustrialTwin.Operations.Spectra;

/// <summary>
/// Discrete Fourier transform of complex sequences of one length, a power of two, by Stockham autosort passes. Real and imaginary
/// parts lie in planes of their own. Holds scratch; for one thread.
/// </summary>
internal abstract class ComplexTransform(int length)
{
    public int Length { get; } = length;

    /// <summary>Two pairs of planes: real and imaginary parts to transform in one, and room to transform into in the other.</summary>
    public AlignedFloats Planes { get; } = new(4 * length);

    public static ComplexTransform Create(int length, bool isSimd) =>
        isSimd && ComplexTransformSimd.IsSupported && length >= ComplexTransformSimd.LengthMin ? new ComplexTransformSimd(length) : new ComplexTransformPortable(length);

    /// <summary>X[k] = Σ x[n] exp(-2πi kn / length), not scaled. What the other pair of planes held is lost.</summary>
    /// <param name="start">Where the pair starts: 0 or 2 × length.</param>
    /// <returns>Where the result's pair starts.</returns>
    public abstract int Forward(int start);

    protected int Other(int start) => (2 * Length) - start;
}
