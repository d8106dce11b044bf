using ILGPU;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations.Forecasts;

/// <summary>One group a series and distance for the sums over the series, then one thread a distance for all the others; the host solves.</summary>
internal sealed class ForecastFitIlgpu : OperationForm<ForecastFitInput, ForecastModel>
{
    private readonly Action<KernelConfig, ArrayView<double>, ArrayView<double>, int, int, int> _first;
    private readonly Action<Index1D, ArrayView<double>, ArrayView<double>, ArrayView<double>, FitShape> _others;
    private readonly IlgpuBuffer<double> _series;
    private readonly IlgpuBuffer<double> _rows;
    private readonly IlgpuBuffer<double> _products;
    private readonly int _threads;
    private double[] _staged = [];

    public ForecastFitIlgpu(Accelerator accelerator)
    {
        _first = accelerator.LoadStreamKernel<ArrayView<double>, ArrayView<double>, int, int, int>(First);
        _others = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<double>, ArrayView<double>, ArrayView<double>, FitShape>(Others);
        _series = new(accelerator);
        _rows = new(accelerator);
        _products = new(accelerator);
        _threads = KernelGroups.ThreadsOn(accelerator);
    }

    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        KernelGroups.Grouped(typeof(ForecastFitIlgpu), nameof(First)),
        KernelGroups.Indexed(typeof(ForecastFitIlgpu), nameof(Others)),
    ];

    public override void Launch(ReadOnlySpan<ForecastFitInput> inputs, Span<ForecastModel> results)
    {
        for (var job = 0; job < inputs.Length; job++)
        {
            var input = inputs[job];
            var products = new LaggedProducts(input);
            var samples = input.Series.Samples.Span;
            if (_staged.Length < samples.Length)
                _staged = new double[samples.Length];
            for (var i = 0; i < samples.Length; i++)
                _staged[i] = samples[i] - products.Offset;
            var shape = new FitShape(
                input.Series.Count, input.Series.Length, products.Windows, input.InputLength, input.InputLength + input.Horizon);
            var series = _series.Upload(_staged.AsSpan(0, samples.Length));
            var rows = _rows.Take(shape.Series * shape.Extent);
            _first(new KernelConfig(shape.Series * shape.Extent, _threads), series, rows, shape.Length, shape.Windows, shape.Extent);
            _others(shape.Extent, series, rows, _products.Take(products.Products.Length), shape);
            _products.Download(products.Products);
            results[job] = products.Solve();
        }
    }

    protected override void Dispose(bool disposing)
    {
        _series.Dispose();
        _rows.Dispose();
        _products.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Products with the first sample of each window.</summary>
    private static void First(ArrayView<double> series, ArrayView<double> rows, int length, int windows, int extent)
    {
        var sums = SharedMemory.Allocate<double>(KernelGroups.ThreadsMax);
        var s = Grid.IdxX / extent;
        var from = (long)s * length;
        var to = from + Grid.IdxX - (s * extent);
        var sum = 0.0;
        for (var t = Group.IdxX; t < windows; t += Group.DimX)
            sum += series[from + t] * series[to + t];
        sums[Group.IdxX] = sum;
        for (var half = Group.DimX / 2; half > 0; half /= 2)
        {
            Group.Barrier();
            if (Group.IdxX < half)
                sums[Group.IdxX] += sums[Group.IdxX + half];
        }

        if (Group.IdxX == 0)
            rows[Grid.IdxX] = sums[0];
    }

    /// <summary>All products of samples as far apart as the thread's index; no other thread writes them.</summary>
    private static void Others(Index1D apart, ArrayView<double> series, ArrayView<double> rows, ArrayView<double> products, FitShape shape)
    {
        for (var s = 0; s < shape.Series; s++)
        {
            var from = (long)s * shape.Length;
            var value = rows[((long)s * shape.Extent) + apart.X];
            for (var i = 0; i < shape.Inputs && i + apart.X < shape.Extent; i++)
            {
                var at = ((long)i * shape.Extent) + i + apart.X;
                products[at] = s == 0 ? value : products[at] + value;
                var j = from + i;
                if (i + apart.X + 1 < shape.Extent)
                    value += (series[j + shape.Windows] * series[j + shape.Windows + apart.X]) - (series[j] * series[j + apart.X]);
            }
        }
    }

    internal readonly struct FitShape(int series, int length, int windows, int inputs, int extent)
    {
        public readonly int Series = series;
        public readonly int Length = length;
        public readonly int Windows = windows;
        public readonly int Inputs = inputs;
        public readonly int Extent = extent;
    }
}
