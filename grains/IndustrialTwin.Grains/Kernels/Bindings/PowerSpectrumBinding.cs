using IndustrialTwin.Accelerators;
using IndustrialTwin.Analyses;
using IndustrialTwin.Operations;
using IndustrialTwin.Operations.Spectra;

namespace IndustrialTwin.Kernels;

/// <summary>A unit is a window.</summary>
internal sealed class PowerSpectrumBinding() : KernelBinding<SpectrumRequest, SpectrumInput, SpectrumResult>(PowerSpectrum.Instance)
{
    protected override SpectrumInput InputOf(SpectrumRequest request) =>
        new(new WindowBatch(request.Windows, request.WindowRows), LayoutOf(request.RateHz, Present(request.Bands, nameof(request.Bands))));

    protected override ComputeReply ReplyTo(SpectrumRequest request, SpectrumResult result) => Done(result.BandEnergies);

    protected override KernelShape ShapeOf(SpectrumRequest request) => new(request.WindowRows);

    protected override long UnitsOf(SpectrumRequest request) =>
        WindowsOf(request.Windows, nameof(request.Windows), request.WindowRows, nameof(request.WindowRows));

    protected override long BytesOf(SpectrumRequest request) => sizeof(float) * (long)request.Windows.Length;

    protected override SpectrumRequest NoiseOf(KernelShape shape, int units) =>
        new(KernelNoise.Floats((long)units * shape.First), shape.First, 1_000, [new Band("all", 0, 500)]);

    /// <summary>Bands without the spectrum itself.</summary>
    internal static SpectrumLayout LayoutOf(double rateHz, Band[] bands) =>
        new(rateHz, [.. bands.Select(band => new FrequencyBand(band.FromHz, band.ToHz))], isSpectrumIncluded: false);
}
