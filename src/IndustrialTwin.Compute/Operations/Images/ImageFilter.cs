namespace IndustrialTwin.Operations.Images;

/// <summary>Weights around a pixel. Filters of equal weights are equal, so jobs of many callers share a launch.</summary>
public sealed class ImageFilter : IEquatable<ImageFilter>
{
    /// <summary>Width and height at most.</summary>
    public const int ExtentMax = 15;

    private readonly float[] _weights;

    /// <summary>Makes a filter.</summary>
    /// <param name="weights">Row by row; finite.</param>
    /// <param name="width">Odd, 1..<see cref="ExtentMax"/>.</param>
    /// <param name="height">Odd, 1..<see cref="ExtentMax"/>.</param>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public ImageFilter(ReadOnlySpan<float> weights, int width, int height)
    {
        if (width is < 1 or > ExtentMax || width % 2 == 0 || height is < 1 or > ExtentMax || height % 2 == 0)
            throw new ArgumentException($"The filter is {width} × {height}; expected odd numbers, 1..{ExtentMax}.", nameof(width));
        if (weights.Length != width * height)
            throw new ArgumentException($"There are {weights.Length} weights; expected {width} × {height}.", nameof(weights));
        var bad = Finite.IndexOfNonFinite(weights);
        if (bad >= 0)
            throw new ArgumentException($"Weight {bad} is {weights[bad]}; expected a finite number.", nameof(weights));
        (Width, Height) = (width, height);
        _weights = weights.ToArray();
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Row by row.</summary>
    public ReadOnlySpan<float> Weights => _weights;

    internal ReadOnlyMemory<float> Memory => _weights;

    /// <inheritdoc/>
    public bool Equals(ImageFilter? other) => ReferenceEquals(this, other)
        || (other is not null && (Width, Height) == (other.Width, other.Height) && Weights.SequenceEqual(other.Weights));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ImageFilter);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Width, Height, _weights[0], _weights[^1]);
}
