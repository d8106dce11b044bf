using IndustrialTwin.Operations.Spectra;

namespace IndustrialTwin.Operations.Bearings;

/// <summary>
/// In: <c>samples</c>, <c>sample-rate-hz</c>, <c>bands-hz</c> and <c>is-spectrum-included</c> as of a power spectrum, <c>carrier-hz</c> float64 [2] of
/// low and high edge. Out: <c>band-energies</c> and <c>spectra</c> as of a power spectrum.
/// </summary>
internal static class EnvelopeWire
{
    public static OperationWire<EnvelopeInput, SpectrumResult> Instance { get; } = new RecordWire<EnvelopeInput, SpectrumResult>(
        [
            WireField<EnvelopeInput>.Windows("samples", input => input.Windows),
            WireField<EnvelopeInput>.Float64("sample-rate-hz", input => input.Layout.Spectrum.SampleRateHz),
            WireField<EnvelopeInput>.Float64("bands-hz", input => PowerSpectrumWire.Edges(input.Layout.Spectrum), input => [input.Layout.Spectrum.Bands.Length, 2]),
            WireField<EnvelopeInput>.Int64("is-spectrum-included", input => input.Layout.Spectrum.IsSpectrumIncluded ? 1 : 0),
            WireField<EnvelopeInput>.Float64("carrier-hz", input => [input.Layout.Carrier.LowHz, input.Layout.Carrier.HighHz], _ => [2]),
        ],
        input => PowerSpectrumWire.Instance.ResultsOf(new SpectrumInput(input.Windows, input.Layout.Spectrum)),
        (input, results) => new SpectrumResult(results[0].ToFloat32(), results[1].ToFloat32(), (input.Windows.Length / 2) + 1));
}
