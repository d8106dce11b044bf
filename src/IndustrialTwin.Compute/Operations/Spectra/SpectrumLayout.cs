namespace IndustrialTwin.Operations.Spectra;

/// <summary>
/// What is asked of a spectrum: sample rate, bands, and whether the whole spectrum is returned. Two layouts are equal by value, so jobs
/// of many callers share a launch; make one and keep it.
/// </summary>
public sealed class SpectrumLayout : IEquatable<SpectrumLayout>
{
    /// <summary>Bands that one layout may have.</summary>
    public const int BandsMax = 256;

    private readonly FrequencyBand[] _bands;
    private readonly int _hash;

    /// <summary>Makes a layout.</summary>
    /// <param name="sampleRateHz">Samples per second, finite and above 0.</param>
    /// <param name="bands">Bands whose energy is wanted; they may overlap, and may be none.</param>
    /// <param name="isSpectrumIncluded">Whether every bin of the spectrum is returned as well.</param>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public SpectrumLayout(double sampleRateHz, ReadOnlySpan<FrequencyBand> bands, bool isSpectrumIncluded = true)
    {
        if (!double.IsFinite(sampleRateHz) || sampleRateHz <= 0)
            throw new ArgumentException($"SampleRateHz is {sampleRateHz}; expected a finite rate above 0.", nameof(sampleRateHz));
        if (bands.Length > BandsMax)
            throw new ArgumentException($"There are {bands.Length} bands; BandsMax is {BandsMax}.", nameof(bands));
        if (bands.Length == 0 && !isSpectrumIncluded)
            throw new ArgumentException("Neither bands nor the spectrum are asked for.", nameof(bands));
        for (var i = 0; i < bands.Length; i++)
        {
            var band = bands[i];
            if (!(band.LowHz >= 0 && band.HighHz > band.LowHz && double.IsFinite(band.HighHz)))
                throw new ArgumentException($"Bands[{i}] is {band.LowHz}..{band.HighHz} Hz; expected 0 <= low < high.", nameof(bands));
        }

        SampleRateHz = sampleRateHz;
        IsSpectrumIncluded = isSpectrumIncluded;
        _bands = bands.ToArray();
        var hash = new HashCode();
        hash.Add(sampleRateHz);
        hash.Add(isSpectrumIncluded);
        foreach (var band in _bands)
            hash.Add(band);
        _hash = hash.ToHashCode();
    }

    /// <summary>Samples per second.</summary>
    public double SampleRateHz { get; }

    /// <summary>Bands whose energy is wanted.</summary>
    public ReadOnlySpan<FrequencyBand> Bands => _bands;

    /// <summary>Whether every bin is returned.</summary>
    public bool IsSpectrumIncluded { get; }

    /// <inheritdoc/>
    public bool Equals(SpectrumLayout? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && _hash == other._hash
            && SampleRateHz.Equals(other.SampleRateHz)
            && IsSpectrumIncluded == other.IsSpectrumIncluded
            && Bands.SequenceEqual(other.Bands));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SpectrumLayout);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>Bins of each band for windows of one length: pairs of first bin and the bin after the last.</summary>
    internal int[] BinEdges(int length)
    {
        var bins = (length / 2) + 1;
        var edges = new int[2 * _bands.Length];
        for (var i = 0; i < _bands.Length; i++)
        {
            edges[2 * i] = Edge(_bands[i].LowHz);
            edges[(2 * i) + 1] = Edge(_bands[i].HighHz);
        }

        return edges;

        // The first bin whose frequency, bin × rate / length, is not below the edge.
        int Edge(double hz) => (int)Math.Min(bins, Math.Ceiling(hz * length / SampleRateHz));
    }
}
