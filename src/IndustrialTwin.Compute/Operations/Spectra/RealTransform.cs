namespace IndustrialTwin.Operations.Spectra;

/// <summary>
/// The power spectrum of real windows of one length through a complex transform of half the length: z[j] = x[2j] + i x[2j+1], then the
/// split into even and odd parts (Press et al., Numerical Recipes, section 12.3). Holds scratch; for one thread.
/// </summary>
internal abstract class RealTransform
{
    protected RealTransform(int length)
    {
        Length = length;
        Half = length / 2;
        Hann = new(length);
        for (var i = 0; i < length; i++)
            Hann.Span[i] = (float)HannWindow.At(i, length);
        SplitCos = new(Half);
        SplitSin = new(Half);
        for (var k = 0; k < Half; k++)
        {
            var (sin, cos) = Math.SinCos(-2 * Math.PI * k / length);
            SplitCos.Span[k] = (float)cos;
            SplitSin.Span[k] = (float)sin;
        }

        Scale = (float)HannWindow.PowerScale(length);
    }

    protected int Length { get; }

    /// <summary>Length of the complex transform.</summary>
    protected int Half { get; }

    protected AlignedFloats Hann { get; }

    protected AlignedFloats SplitCos { get; }

    protected AlignedFloats SplitSin { get; }

    protected float Scale { get; }

    public static RealTransform Create(int length, bool isSimd) =>
        isSimd && RealTransform1024.IsSupported && length == RealTransform1024.WindowLength ? new RealTransform1024()
        : isSimd && ComplexTransformSimd.IsSupported && length >= RealTransformSimd.LengthMin ? new RealTransformSimd(length)
        : new RealTransformPortable(length);

    /// <summary>Windows, transforms and squares one window.</summary>
    /// <param name="window">As many samples as the transform's length.</param>
    /// <param name="power">Length / 2 + 1 bins.</param>
    /// <param name="isNew">Whether the bins' place is in no cache, having just been allocated: it is then asked for before it is written.</param>
    public abstract void Power(ReadOnlySpan<float> window, Span<float> power, bool isNew = false);

    /// <summary>First and last bin, which have no mirror image and so half the factor.</summary>
    protected void EndBins(float real, float imaginary, Span<float> power)
    {
        var first = real + imaginary;
        var last = real - imaginary;
        power[0] = 0.5f * Scale * first * first;
        power[Half] = 0.5f * Scale * last * last;
    }
}
