using System.Numerics;
using ILGPU;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations.Spectra;

/// <summary>Window, transform, power and bands without leaving the device; only what the layout asks for is copied back.</summary>
internal sealed class PowerSpectrumIlgpu : OperationForm<SpectrumInput, SpectrumResult>
{
    private readonly Accelerator _accelerator;
    private readonly int _threads;
    private readonly Action<KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int, float> _shared;
    private readonly Action<KernelConfig, ArrayView<float>, ArrayView<int>, ArrayView<float>, int, int, float> _bands;
    private readonly Dictionary<int, IlgpuBuffer<float>> _tables = [];
    private readonly IlgpuBuffer<float> _samples;
    private readonly IlgpuBuffer<float> _real;
    private readonly IlgpuBuffer<float> _imaginary;
    private readonly IlgpuBuffer<float> _power;
    private readonly IlgpuBuffer<float> _energies;
    private readonly IlgpuBuffer<int> _edges;
    private Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int>? _load;
    private Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int>? _pass;
    private Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, float>? _split;
    private WindowBatch[] _windows = [];
    private float[] _staged = [];

    public PowerSpectrumIlgpu(Accelerator accelerator)
    {
        _accelerator = accelerator;
        _threads = KernelGroups.ThreadsOn(accelerator);
        _shared = accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int, float>(PowerSpectrumKernels.Shared);
        _bands = accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<int>, ArrayView<float>, int, int, float>(PowerSpectrumKernels.Bands);
        _samples = new(accelerator);
        _real = new(accelerator);
        _imaginary = new(accelerator);
        _power = new(accelerator);
        _energies = new(accelerator);
        _edges = new(accelerator);
    }

    public override void Launch(ReadOnlySpan<SpectrumInput> inputs, Span<SpectrumResult> results)
    {
        if (_windows.Length < inputs.Length)
            _windows = new WindowBatch[inputs.Length];
        for (var job = 0; job < inputs.Length; job++)
            _windows[job] = inputs[job].Windows;
        var windows = WindowStaging.Stage(_windows.AsSpan(0, inputs.Length), ref _staged);
        var counts = new int[inputs.Length];
        for (var job = 0; job < inputs.Length; job++)
            counts[job] = inputs[job].Windows.Count;
        // Nothing of a caller's memory is kept past the launch.
        _windows.AsSpan().Clear();

        var length = inputs[0].Windows.Length;
        var samples = _samples.Upload(_staged.AsSpan(0, windows * length));
        Run(windows, length, samples, inputs[0].Layout, counts, results);
    }

    /// <summary>Spectra and bands of windows that are on the device already.</summary>
    internal void Run(
        int windows, int length, ArrayView<float> samples, SpectrumLayout layout, ReadOnlySpan<int> counts, Span<SpectrumResult> results)
    {
        var bins = (length / 2) + 1;
        var power = _power.Take(windows * bins);
        Transform(windows, length, samples, power);

        var edges = layout.BinEdges(length);
        var bands = edges.Length / 2;
        var energies = new float[windows * bands];
        if (bands > 0)
        {
            _bands(
                new KernelConfig(windows * bands, _threads),
                power,
                _edges.Upload(edges),
                _energies.Take(energies.Length),
                bins,
                bands,
                (float)(1 / HannWindow.NoiseBandwidthBins));
            _energies.Download(energies);
        }

        var spectra = new float[layout.IsSpectrumIncluded ? windows * bins : 0];
        _power.Download(spectra);
        var at = 0;
        for (var job = 0; job < counts.Length; job++)
        {
            results[job] = new SpectrumResult(
                energies.AsSpan(at * bands, counts[job] * bands).ToArray(),
                layout.IsSpectrumIncluded ? spectra.AsSpan(at * bins, counts[job] * bins).ToArray() : [],
                bins);
            at += counts[job];
        }
    }

    /// <summary>Hann weights, then cosines and sines, for windows of a length.</summary>
    internal ArrayView<float> Table(int length)
    {
        var half = length / 2;
        if (!_tables.TryGetValue(length, out var buffer))
        {
            var table = new float[length + (2 * half)];
            for (var i = 0; i < length; i++)
                table[i] = (float)HannWindow.At(i, length);
            for (var k = 0; k < half; k++)
            {
                var (sin, cos) = Math.SinCos(-2 * Math.PI * k / length);
                (table[length + k], table[length + half + k]) = ((float)cos, (float)sin);
            }

            buffer = new IlgpuBuffer<float>(_accelerator);
            buffer.Upload(table);
            _tables.Add(length, buffer);
        }

        return buffer.Take(length + (2 * half));
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var table in _tables.Values)
            table.Dispose();
        _samples.Dispose();
        _real.Dispose();
        _imaginary.Dispose();
        _power.Dispose();
        _energies.Dispose();
        _edges.Dispose();
        base.Dispose(disposing);
    }

    private void Transform(int windows, int length, ArrayView<float> samples, ArrayView<float> power)
    {
        var half = length / 2;
        var bits = BitOperations.Log2((uint)half);
        var scale = (float)HannWindow.PowerScale(length);
        var table = Table(length);
        if (length <= PowerSpectrumKernels.SharedLengthMax)
        {
            _shared(new KernelConfig(windows, _threads), samples, table, power, length, bits, scale);
            return;
        }

        // Long windows are rare, so their kernels are compiled when the first one comes.
        _load ??= _accelerator.LoadAutoGroupedStreamKernel<
            Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int>(PowerSpectrumKernels.Load);
        _pass ??= _accelerator.LoadAutoGroupedStreamKernel<
            Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int>(PowerSpectrumKernels.Pass);
        _split ??= _accelerator.LoadAutoGroupedStreamKernel<
            Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, float>(PowerSpectrumKernels.Split);
        var real = _real.Take(windows * half);
        var imaginary = _imaginary.Take(windows * half);
        _load(windows * half, samples, table, real, imaginary, length, bits);
        for (var span = 1; span < half; span *= 2)
            _pass(windows * (half / 2), real, imaginary, table, span, length);
        _split(windows * ((half / 2) + 1), real, imaginary, table, power, length, scale);
    }
}
