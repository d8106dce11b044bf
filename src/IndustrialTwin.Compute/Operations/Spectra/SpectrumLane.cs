using System.Numerics;
using ILGPU;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations.Spectra;

/// <summary>A stream with the memory of a transform, and the piece of a launch that is under way on it.</summary>
internal sealed class SpectrumLane(PowerSpectrumIlgpu form, Accelerator accelerator, AcceleratorStream stream) : IDisposable
{
    private readonly IlgpuBuffer<float> _samples = new(accelerator, stream);
    private readonly IlgpuBuffer<float> _real = new(accelerator, stream);
    private readonly IlgpuBuffer<float> _imaginary = new(accelerator, stream);
    private readonly IlgpuBuffer<float> _power = new(accelerator, stream);
    private readonly IlgpuBuffer<float> _energies = new(accelerator, stream);
    private readonly IlgpuBuffer<int> _edges = new(accelerator, stream);
    private int _from;
    private int _windows;

    public void Begin(ReadOnlySpan<float> samples, int from, int length, int[] edges) => Begin(_samples.Upload(samples), from, length, edges);

    public void Begin(ArrayView<float> samples, int from, int length, int[] edges)
    {
        (_from, _windows) = (from, (int)(samples.Length / length));
        var bins = (length / 2) + 1;
        var bands = edges.Length / 2;
        var power = _power.Take(_windows * bins);
        Transform(_windows, length, samples, power);
        if (bands > 0)
        {
            form.Bands(
                stream,
                new KernelConfig(_windows * bands, form.Threads),
                power,
                _edges.Upload(edges),
                _energies.Take(_windows * bands),
                bins,
                bands,
                (float)(1 / HannWindow.NoiseBandwidthBins));
        }
    }

    /// <summary>Waits for the piece, if there is one, and brings what is asked for to its place; an empty span is not.</summary>
    public void Finish(Span<float> energies, int bands, Span<float> spectra, int bins)
    {
        if (_windows > 0)
        {
            if (!energies.IsEmpty)
                _energies.Download(energies.Slice(_from * bands, _windows * bands));
            if (!spectra.IsEmpty)
                _power.Download(spectra.Slice(_from * bins, _windows * bins));
        }

        _windows = 0;
    }

    public void Dispose()
    {
        _samples.Dispose();
        _real.Dispose();
        _imaginary.Dispose();
        _power.Dispose();
        _energies.Dispose();
        _edges.Dispose();
        if (stream != accelerator.DefaultStream)
            stream.Dispose();
    }

    private void Transform(int windows, int length, ArrayView<float> samples, ArrayView<float> power)
    {
        var half = length / 2;
        var bits = BitOperations.Log2((uint)half);
        var scale = (float)HannWindow.PowerScale(length);
        var table = form.Table(length);
        if (length <= PowerSpectrumKernels.SharedLengthMax)
        {
            form.Shared(stream, new KernelConfig(windows, form.Threads), samples, table, power, length, bits, scale);
            return;
        }

        var real = _real.Take(windows * half);
        var imaginary = _imaginary.Take(windows * half);
        form.Load(stream, windows * half, samples, table, real, imaginary, length, bits);
        for (var span = 1; span < half; span *= 2)
            form.Pass(stream, windows * (half / 2), real, imaginary, table, span, length);
        form.Split(stream, windows * ((half / 2) + 1), real, imaginary, table, power, length, scale);
    }
}
