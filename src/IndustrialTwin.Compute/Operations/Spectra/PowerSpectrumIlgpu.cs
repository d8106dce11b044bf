using ILGPU;
using ILGPU.Runtime;
using IndustrialTwin.Operations.Sliding;

namespace IndustrialTwin.Operations.Spectra;

/// <summary>
/// Window, transform, power and bands without leaving the device; only what the layout asks for is copied back. Large launches go in pieces
/// over two streams.
/// </summary>
internal sealed class PowerSpectrumIlgpu : OperationForm<SpectrumInput, SpectrumResult>, IWindowForm<SpectrumInput, SpectrumResult>
{
    private readonly Accelerator _accelerator;
    private readonly SpectrumLane[] _lanes;
    private readonly int _pieceBytes;
    private readonly Dictionary<int, IlgpuBuffer<float>> _tables = [];
    private WindowBatch[] _windows = [];
    private float[] _staged = [];

    public PowerSpectrumIlgpu(Accelerator accelerator)
        : this(accelerator, IlgpuLanes.CountOn(accelerator), IlgpuLanes.PieceBytes)
    {
    }

    /// <summary>The same with so many streams, whatever the accelerator.</summary>
    public PowerSpectrumIlgpu(Accelerator accelerator, int lanes, int pieceBytes)
    {
        _accelerator = accelerator;
        _pieceBytes = pieceBytes;
        Threads = KernelGroups.ThreadsOn(accelerator);
        Shared = accelerator.LoadKernel<ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int, float>(PowerSpectrumKernels.Shared);
        Bands = accelerator.LoadKernel<ArrayView<float>, ArrayView<int>, ArrayView<float>, int, int, float>(PowerSpectrumKernels.Bands);
        _lanes = Array.ConvertAll(IlgpuLanes.Streams(accelerator, lanes), stream => new SpectrumLane(this, accelerator, stream));
    }

    /// <summary>Threads in a group.</summary>
    public int Threads { get; }

    public Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int, float> Shared { get; }

    public Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<int>, ArrayView<float>, int, int, float> Bands { get; }

    // Long windows are rare, so their kernels are compiled when the first one comes.
    public Action<AcceleratorStream, Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int> Load =>
        field ??= _accelerator.LoadAutoGroupedKernel<
            Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int>(PowerSpectrumKernels.Load);

    public Action<AcceleratorStream, Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int> Pass =>
        field ??= _accelerator.LoadAutoGroupedKernel<
            Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int>(PowerSpectrumKernels.Pass);

    public Action<AcceleratorStream, Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, float> Split =>
        field ??= _accelerator.LoadAutoGroupedKernel<
            Index1D, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, float>(PowerSpectrumKernels.Split);

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

        var (length, layout) = (inputs[0].Windows.Length, inputs[0].Layout);
        var found = new Found(windows, length, layout);
        var piece = IlgpuLanes.PieceWindows(_lanes.Length, _pieceBytes, length);
        for (var (from, turn) = (0, 0); from < windows; from += Math.Min(piece, windows - from), turn++)
        {
            var lane = _lanes[turn % _lanes.Length];
            lane.Finish(found.Energies, found.Bands, found.Spectra, found.Bins);
            lane.Begin(_staged.AsSpan(from * length, Math.Min(piece, windows - from) * length), from, length, found.Edges);
        }

        foreach (var lane in _lanes)
            lane.Finish(found.Energies, found.Bands, found.Spectra, found.Bins);
        found.Divide(counts, results);
    }

    void IWindowForm<SpectrumInput, SpectrumResult>.Run(
        ArrayView<float> samples, in SpectrumInput like, int length, ReadOnlySpan<int> counts, Span<SpectrumResult> results) =>
        Run((int)(samples.Length / length), length, samples, like.Layout, counts, results);

    /// <summary>Spectra and bands of windows that are on the device already, written by the default stream.</summary>
    internal void Run(
        int windows, int length, ArrayView<float> samples, SpectrumLayout layout, ReadOnlySpan<int> counts, Span<SpectrumResult> results)
    {
        var found = new Found(windows, length, layout);
        _lanes[0].Begin(samples, 0, length, found.Edges);
        _lanes[0].Finish(found.Energies, found.Bands, found.Spectra, found.Bins);
        found.Divide(counts, results);
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
            // Other streams do not wait for the default one.
            _accelerator.DefaultStream.Synchronize();
            _tables.Add(length, buffer);
        }

        return buffer.Take(length + (2 * half));
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var table in _tables.Values)
            table.Dispose();
        foreach (var lane in _lanes)
            lane.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>What a launch brings back, window after window.</summary>
    private readonly struct Found
    {
        public Found(int windows, int length, SpectrumLayout layout)
        {
            Bins = (length / 2) + 1;
            Edges = layout.BinEdges(length);
            Energies = new float[windows * Bands];
            Spectra = new float[layout.IsSpectrumIncluded ? windows * Bins : 0];
        }

        public int Bins { get; }

        public int[] Edges { get; }

        public float[] Energies { get; }

        public float[] Spectra { get; }

        public int Bands => Edges.Length / 2;

        public void Divide(ReadOnlySpan<int> counts, Span<SpectrumResult> results)
        {
            var at = 0;
            for (var job = 0; job < counts.Length; job++)
            {
                results[job] = new SpectrumResult(
                    Energies.AsSpan(at * Bands, counts[job] * Bands).ToArray(),
                    Spectra.Length > 0 ? Spectra.AsSpan(at * Bins, counts[job] * Bins).ToArray() : [],
                    Bins);
                at += counts[job];
            }
        }
    }
}
