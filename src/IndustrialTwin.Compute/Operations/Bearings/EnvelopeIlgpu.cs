using System.Numerics;
using ILGPU;
using ILGPU.Runtime;
using IndustrialTwin.Operations.Spectra;

namespace IndustrialTwin.Operations.Bearings;

/// <summary>Envelope and spectrum without leaving the device.</summary>
internal sealed class EnvelopeIlgpu : OperationForm<EnvelopeInput, SpectrumResult>
{
    private readonly Accelerator _accelerator;
    private readonly PowerSpectrumIlgpu _spectrum;
    private readonly Action<KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int, int, int> _shared;
    private readonly IlgpuBuffer<float> _samples;
    private readonly IlgpuBuffer<float> _envelope;
    private readonly IlgpuBuffer<float>[] _planes;
    private readonly int _threads;
    private Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int>? _load;
    private Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int>? _pass;
    private Action<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int, int, int>? _mask;
    private Action<KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<float>, int>? _magnitude;
    private WindowBatch[] _windows = [];
    private float[] _staged = [];

    public EnvelopeIlgpu(Accelerator accelerator)
    {
        _accelerator = accelerator;
        _spectrum = new(accelerator);
        _shared = accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int, int, int>(EnvelopeKernels.Shared);
        _samples = new(accelerator);
        _envelope = new(accelerator);
        _planes = [new(accelerator), new(accelerator), new(accelerator), new(accelerator)];
        _threads = KernelGroups.ThreadsOn(accelerator);
    }

    public override void Launch(ReadOnlySpan<EnvelopeInput> inputs, Span<SpectrumResult> results)
    {
        if (_windows.Length < inputs.Length)
            _windows = new WindowBatch[inputs.Length];
        var counts = new int[inputs.Length];
        for (var job = 0; job < inputs.Length; job++)
        {
            _windows[job] = inputs[job].Windows;
            counts[job] = inputs[job].Windows.Count;
        }

        var windows = WindowStaging.Stage(_windows.AsSpan(0, inputs.Length), ref _staged);
        // Nothing of a caller's memory is kept past the launch.
        _windows.AsSpan().Clear();
        var length = inputs[0].Windows.Length;
        var samples = _samples.Upload(_staged.AsSpan(0, windows * length));
        var envelope = _envelope.Take(windows * length);
        var (first, end) = inputs[0].Layout.Bins(length);
        if (length <= EnvelopeKernels.SharedLengthMax)
        {
            _shared(
                new KernelConfig(windows, _threads), samples, _spectrum.Table(2 * length), envelope, length, BitOperations.Log2((uint)length), first, end);
        }
        else
        {
            Long(windows, length, samples, envelope, first, end);
        }

        _spectrum.Run(windows, length, envelope, inputs[0].Layout.Spectrum, counts, results);
    }

    protected override void Dispose(bool disposing)
    {
        _spectrum.Dispose();
        _samples.Dispose();
        _envelope.Dispose();
        foreach (var plane in _planes)
            plane.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Long windows are rare, so their kernels are compiled when the first one comes.</summary>
    private void Long(int windows, int length, ArrayView<float> samples, ArrayView<float> envelope, int first, int end)
    {
        _load ??= _accelerator.LoadAutoGroupedStreamKernel<
            Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int>(EnvelopeKernels.Load);
        _pass ??= _accelerator.LoadAutoGroupedStreamKernel<
            Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int>(PowerSpectrumKernels.Pass);
        _mask ??= _accelerator.LoadAutoGroupedStreamKernel<
            Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int, int, int>(EnvelopeKernels.Mask);
        _magnitude ??= _accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, ArrayView<float>, int>(EnvelopeKernels.Magnitude);
        var bits = BitOperations.Log2((uint)length);
        var table = _spectrum.Table(2 * length);
        var (real, imaginary) = (_planes[0].Take(windows * length), _planes[1].Take(windows * length));
        var (nextReal, nextImaginary) = (_planes[2].Take(windows * length), _planes[3].Take(windows * length));
        _load(windows * length, samples, real, imaginary, length, bits);
        for (var span = 1; span < length; span *= 2)
            _pass(windows * (length / 2), real, imaginary, table, span, 2 * length);
        _mask(windows * length, real, imaginary, nextReal, nextImaginary, length, bits, first, end);
        for (var span = 1; span < length; span *= 2)
            _pass(windows * (length / 2), nextReal, nextImaginary, table, span, 2 * length);
        _magnitude(new KernelConfig(windows, _threads), nextReal, nextImaginary, envelope, length);
    }
}
