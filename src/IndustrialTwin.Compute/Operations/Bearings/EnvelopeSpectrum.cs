using System.Numerics;
using ILGPU.Runtime;
using IndustrialTwin.Devices;
using IndustrialTwin.Operations.Spectra;

namespace IndustrialTwin.Operations.Bearings;

/// <summary>Windows of an acceleration signal and what is asked of their envelopes.</summary>
/// <param name="Windows">Windows whose length is a power of two.</param>
/// <param name="Layout">Sample rate, carrier and bands.</param>
public readonly record struct EnvelopeInput(WindowBatch Windows, EnvelopeLayout Layout);

/// <summary>
/// Spectrum of the envelope of one band of a signal (Randall and Antoni, Rolling element bearing diagnostics: a tutorial, Mechanical
/// Systems and Signal Processing 25, 2011, section 5): of the window's transform only the bins of the carrier are kept, doubled and taken
/// back to time, which band-passes and gives the analytic signal (Hilbert) at once. Its magnitude, less its mean, is the envelope, and goes
/// through <see cref="PowerSpectrum"/>. A carrier modulated by 1 + m cos(2πft) of amplitude a gives (am)² / 2 at f. The unit is the square
/// of the signal's.
/// </summary>
public sealed class EnvelopeSpectrum : Operation<EnvelopeInput, SpectrumResult>
{
    private EnvelopeSpectrum()
    {
    }

    /// <summary>The operation.</summary>
    public static EnvelopeSpectrum Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "envelope-spectrum";

    /// <inheritdoc/>
    public override IReadOnlyList<KernelEntry> Kernels => EnvelopeKernels.Entries;

    /// <inheritdoc/>
    public override OperationWire<EnvelopeInput, SpectrumResult> Wire => EnvelopeWire.Instance;

    /// <inheritdoc/>
    public override bool CanRunOn(DeviceDescription device) => true;

    /// <inheritdoc/>
    public override void Validate(EnvelopeInput input)
    {
        if (input.Layout?.Spectrum is null)
            throw new ArgumentException($"{Name}: Layout is missing.");
        input.Windows.Validate(Name, PowerSpectrum.LengthMin, PowerSpectrum.LengthMax);
        var length = input.Windows.Length;
        if (!BitOperations.IsPow2(length))
            throw new ArgumentException($"{Name}: Length is {length}; expected a power of two.");
        var carrier = input.Layout.Carrier;
        var nyquist = input.Layout.Spectrum.SampleRateHz / 2;
        if (!(carrier.LowHz >= 0 && carrier.HighHz > carrier.LowHz && carrier.HighHz <= nyquist))
            throw new ArgumentException($"{Name}: Carrier is {carrier.LowHz}..{carrier.HighHz} Hz; expected 0 <= low < high <= {nyquist} Hz.");
        var (first, end) = input.Layout.Bins(length);
        if (end <= first)
        {
            throw new ArgumentException(
                $"{Name}: Carrier {carrier.LowHz}..{carrier.HighHz} Hz holds no bin of a window of {length} samples; expected a wider band or a longer window.");
        }
    }

    /// <inheritdoc/>
    public override ShapeKey ShapeOf(EnvelopeInput input) => new(input.Windows.Length, 0, input.Layout);

    /// <inheritdoc/>
    public override string? NonFinite(SpectrumResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return Finite.Describe(nameof(result.Spectra), result.Spectra)
            ?? Finite.Describe(nameof(result.BandEnergies), result.BandEnergies);
    }

    /// <inheritdoc/>
    public override int WindowsOf(EnvelopeInput input) => input.Windows.Count;

    /// <inheritdoc/>
    public override SpectrumResult Reference(EnvelopeInput input) => EnvelopeReference.Run(input);

    /// <inheritdoc/>
    public override OperationForm<EnvelopeInput, SpectrumResult> CreateNativeForm(NativeCode code) => new EnvelopeNative(code);

    /// <inheritdoc/>
    public override OperationForm<EnvelopeInput, SpectrumResult> CreateIlgpuForm(Accelerator accelerator) => new EnvelopeIlgpu(accelerator);
}
