using System.Numerics;
using IndustrialTwin.Operations.Spectra;

namespace IndustrialTwin.Operations.Sliding;

/// <summary>Sliding windows and what is asked of their spectra.</summary>
/// <param name="Windows">Windows whose length is a power of two.</param>
/// <param name="Layout">Sample rate, bands, and whether all bins are returned.</param>
public readonly record struct SlidingSpectrumInput(SlidingWindows Windows, SpectrumLayout Layout);

/// <summary>Power spectra of windows that slide over a series: <see cref="PowerSpectrum"/> of each.</summary>
public sealed class SlidingSpectrum : SlidingOperation<SlidingSpectrumInput, SpectrumInput, SpectrumResult>
{
    private SlidingSpectrum()
        : base(PowerSpectrum.Instance)
    {
    }

    /// <summary>The operation.</summary>
    public static SlidingSpectrum Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "sliding-spectrum";

    /// <inheritdoc/>
    public override void Validate(SlidingSpectrumInput input)
    {
        if (input.Layout is null)
            throw new ArgumentException($"{Name}: Layout is missing.");
        if (input.Windows.Length is < PowerSpectrum.LengthMin or > PowerSpectrum.LengthMax || !BitOperations.IsPow2(input.Windows.Length))
        {
            throw new ArgumentException(
                $"{Name}: Length is {input.Windows.Length}; expected a power of two, {PowerSpectrum.LengthMin}..{PowerSpectrum.LengthMax} samples.");
        }

        input.Windows.Validate(Name);
    }

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(SlidingSpectrumInput input) => new(input.Windows.Length, 0, input.Layout);

    internal override SlidingWindows SlidingOf(SlidingSpectrumInput input) => input.Windows;

    internal override SpectrumInput With(SlidingSpectrumInput input, WindowBatch windows) => new(windows, input.Layout);

    internal override SpectrumResult Join(ReadOnlySpan<SpectrumResult> parts)
    {
        var (energies, spectra) = (new List<float>(), new List<float>());
        foreach (var part in parts)
        {
            energies.AddRange(part.BandEnergies);
            spectra.AddRange(part.Spectra);
        }

        return new SpectrumResult([.. energies], [.. spectra], parts[0].Bins);
    }
}
