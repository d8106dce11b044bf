using ILGPU;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations.Hotelling;

/// <summary>One group a job sums means and products of deviations; the small inverse is the host's.</summary>
internal sealed class HotellingFitIlgpu : OperationForm<HotellingFitInput, HotellingModel>
{
    private readonly Action<KernelConfig, ArrayView<double>, ArrayView<double>, ArrayView<double>, int, int> _kernel;
    private readonly IlgpuBuffer<double> _rows;
    private readonly IlgpuBuffer<double> _means;
    private readonly IlgpuBuffer<double> _products;
    private readonly int _threads;
    private double[] _staged = [];

    public HotellingFitIlgpu(Accelerator accelerator)
    {
        _kernel = accelerator.LoadStreamKernel<ArrayView<double>, ArrayView<double>, ArrayView<double>, int, int>(Products);
        _rows = new(accelerator);
        _means = new(accelerator);
        _products = new(accelerator);
        _threads = KernelGroups.ThreadsOn(accelerator);
    }

    public static IReadOnlyList<KernelEntry> Entries { get; } = [KernelGroups.Grouped(typeof(HotellingFitIlgpu), nameof(Products))];

    public override void Launch(ReadOnlySpan<HotellingFitInput> inputs, Span<HotellingModel> results)
    {
        var (n, m) = (inputs[0].Rows.Rows, inputs[0].Rows.Channels);
        var each = n * m;
        if (_staged.Length < (long)inputs.Length * each)
            _staged = new double[checked(inputs.Length * each)];
        for (var job = 0; job < inputs.Length; job++)
            inputs[job].Rows.Values.Span.CopyTo(_staged.AsSpan(job * each));
        var means = new double[inputs.Length * m];
        var products = new double[inputs.Length * m * m];
        _kernel(
            new KernelConfig(inputs.Length, _threads),
            _rows.Upload(_staged.AsSpan(0, inputs.Length * each)),
            _means.Take(means.Length),
            _products.Take(products.Length),
            n,
            m);
        _means.Download(means);
        _products.Download(products);
        for (var job = 0; job < inputs.Length; job++)
            results[job] = HotellingFit.Finish(inputs[job], means[(job * m)..((job + 1) * m)], products.AsSpan(job * m * m, m * m));
    }

    protected override void Dispose(bool disposing)
    {
        _rows.Dispose();
        _means.Dispose();
        _products.Dispose();
        base.Dispose(disposing);
    }

    private static void Products(ArrayView<double> rows, ArrayView<double> means, ArrayView<double> products, int n, int m)
    {
        var centre = SharedMemory.Allocate<double>(RowMatrix.ChannelsMax);
        var from = (long)Grid.IdxX * n * m;
        for (var c = Group.IdxX; c < m; c += Group.DimX)
        {
            var sum = 0.0;
            for (var r = 0; r < n; r++)
                sum += rows[from + ((long)r * m) + c];
            centre[c] = sum / n;
            means[((long)Grid.IdxX * m) + c] = sum / n;
        }

        Group.Barrier();
        for (var pair = Group.IdxX; pair < m * m; pair += Group.DimX)
        {
            var i = pair / m;
            var j = pair - (i * m);
            var sum = 0.0;
            if (i <= j)
            {
                for (var r = 0; r < n; r++)
                {
                    var row = from + ((long)r * m);
                    sum += (rows[row + i] - centre[i]) * (rows[row + j] - centre[j]);
                }
            }

            products[((long)Grid.IdxX * m * m) + pair] = sum;
        }
    }
}
