using IndustrialTwin.Operations.Spectra;

namespace IndustrialTwin.Operations.Bearings;

/// <summary>What is asked of envelope spectra. Equal by value, so jobs of many callers share a launch.</summary>
/// <param name="Spectrum">Sample rate of the signal, bands of the envelope's spectrum, and whether all of its bins are returned.</param>
/// <param name="Carrier">The band, in Hz, whose envelope is taken: a resonance that the impacts of a fault ring. Up to half the sample rate.</param>
public sealed record EnvelopeLayout(SpectrumLayout Spectrum, FrequencyBand Carrier)
{
    /// <summary>First bin of the carrier and the bin after its last, without the first and the last bin of the spectrum.</summary>
    internal (int First, int End) Bins(int length)
    {
        var scale = length / Spectrum.SampleRateHz;
        var first = Math.Max(1, Math.Ceiling(Carrier.LowHz * scale));
        var end = Math.Min(length / 2, Math.Ceiling(Carrier.HighHz * scale));
        return ((int)Math.Min(first, length), (int)end);
    }
}
