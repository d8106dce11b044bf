using IndustrialTwin.Accelerators;
using IndustrialTwin.Analyses;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Bearings;
using IndustrialTwin.Operations.Spectra;

namespace IndustrialTwin.Kernels;

/// <summary>A unit is a window.</summary>
internal sealed class EnvelopeBinding() : KernelBinding<EnvelopeRequest, EnvelopeInput, SpectrumResult>(EnvelopeSpectrum.Instance)
{
    protected override EnvelopeInput InputOf(EnvelopeRequest request) => new(
        new WindowBatch(request.Windows, request.WindowRows),
        new EnvelopeLayout(
            PowerSpectrumBinding.LayoutOf(request.RateHz, Present(request.Bands, nameof(request.Bands))),
            new FrequencyBand(request.CarrierFromHz, request.CarrierToHz)));

    protected override ComputeReply ReplyTo(EnvelopeRequest request, SpectrumResult result) => Done(result.BandEnergies);

    protected override KernelShape ShapeOf(EnvelopeRequest request) => new(request.WindowRows);

    protected override long UnitsOf(EnvelopeRequest request) =>
        WindowsOf(request.Windows, nameof(request.Windows), request.WindowRows, nameof(request.WindowRows));

    protected override long BytesOf(EnvelopeRequest request) => sizeof(float) * (long)request.Windows.Length;

    protected override EnvelopeRequest NoiseOf(KernelShape shape, int units) =>
        new(KernelNoise.Floats((long)units * shape.First), shape.First, 1_000, 100, 400, [new Band("all", 0, 500)]);
}
