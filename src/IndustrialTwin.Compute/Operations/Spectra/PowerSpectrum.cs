using System.Numerics;
using ILGPU.Runtime;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Operations.Spectra;

/// <summary>Windows and what is asked of their spectra.</summary>
/// <param name="Windows">Windows whose length is a power of two.</param>
/// <param name="Layout">Sample rate, bands, and whether all bins are returned.</param>
public readonly record struct SpectrumInput(WindowBatch Windows, SpectrumLayout Layout);

/// <summary>Spectra of the windows of one job.</summary>
/// <param name="BandEnergies">Windows × bands, window after window: the mean square of the signal's part in each band.</param>
/// <param name="Spectra">Windows × (length / 2 + 1) bins, or empty when the layout leaves them out.</param>
/// <param name="Bins">Bins in one spectrum: length / 2 + 1.</param>
public sealed record SpectrumResult(float[] BandEnergies, float[] Spectra, int Bins);

/// <summary>
/// One-sided power spectrum under a periodic Hann window, w[i] = (1 - cos(2πi/N)) / 2, with the scaling of Heinzel, Rüdiger and Schilling
/// (Spectrum and spectral density estimation by the DFT, 2002, equations 23 and 24): P[k] = c |X[k]|² / (Σw)², c = 2 except 1 for the
/// first and the last bin. A sine of amplitude 1 at the centre of a bin gives 0.5 there, its mean square. A band's energy is the sum of
/// its bins divided by the window's equivalent noise bandwidth N Σw² / (Σw)² (1.5 bins): the mean square of what lies in the band,
/// whether sine or noise, so the same sine gives a band energy of 0.5 too.
/// </summary>
public sealed class PowerSpectrum : Operation<SpectrumInput, SpectrumResult>
{
    /// <summary>Least samples in a window.</summary>
    public const int LengthMin = 32;

    /// <summary>Most samples in a window.</summary>
    public const int LengthMax = 65_536;

    private PowerSpectrum()
    {
    }

    /// <summary>The operation.</summary>
    public static PowerSpectrum Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "power-spectrum";

    /// <inheritdoc/>
    public override IReadOnlyList<KernelEntry> Kernels => PowerSpectrumKernels.Entries;

    /// <inheritdoc/>
    public override bool CanRunOn(DeviceDescription device) => true;

    /// <inheritdoc/>
    public override void Validate(SpectrumInput input)
    {
        if (input.Layout is null)
            throw new ArgumentException($"{Name}: Layout is missing.");
        input.Windows.Validate(Name, LengthMin, LengthMax);
        if (!BitOperations.IsPow2(input.Windows.Length))
            throw new ArgumentException($"{Name}: Length is {input.Windows.Length}; expected a power of two.");
    }

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(SpectrumInput input) => new(input.Windows.Length, 0, input.Layout);

    /// <inheritdoc/>
    public override string? NonFinite(SpectrumResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return Finite.Describe(nameof(result.Spectra), result.Spectra) ?? Finite.Describe(nameof(result.BandEnergies), result.BandEnergies);
    }

    /// <inheritdoc/>
    public override int WindowsOf(SpectrumInput input) => input.Windows.Count;

    /// <inheritdoc/>
    public override SpectrumResult Reference(SpectrumInput input) => PowerSpectrumReference.Run(input);

    /// <inheritdoc/>
    public override OperationForm<SpectrumInput, SpectrumResult> CreateNativeForm(NativeCode code) => new PowerSpectrumNative(code);

    /// <inheritdoc/>
    public override OperationForm<SpectrumInput, SpectrumResult> CreateIlgpuForm(Accelerator accelerator) =>
        new PowerSpectrumIlgpu(accelerator);
}
