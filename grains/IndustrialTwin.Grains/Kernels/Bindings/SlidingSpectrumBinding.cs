using IndustrialTwin.Accelerators;
using IndustrialTwin.Analyses;
using IndustrialTwin.Operations.Sliding;
using IndustrialTwin.Operations.Spectra;

namespace IndustrialTwin.Kernels;

/// <inheritdoc/>
internal sealed class SlidingSpectrumBinding()
    : SlidingBinding<SlidingSpectrumRequest, SlidingSpectrumInput, SpectrumResult>(SlidingSpectrum.Instance)
{
    protected override SlidingSpectrumInput InputOf(SlidingSpectrumRequest request) =>
        new(WindowsOf(request), PowerSpectrumBinding.LayoutOf(request.RateHz, Present(request.Bands, nameof(request.Bands))));

    protected override ComputeReply ReplyTo(SpectrumResult result) => Done(result.BandEnergies);

    protected override SlidingSpectrumRequest Noise(int windowRows, int strideRows, int windows, float[] samples) =>
        new(Guid.Empty, samples.Length, samples, windowRows, strideRows, windows, 1_000, [new Band("all", 0, 500)]);
}
