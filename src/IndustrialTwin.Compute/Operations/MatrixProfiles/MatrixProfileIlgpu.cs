using ILGPU;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations.MatrixProfiles;

/// <summary>
/// One group a strip of rows, one row a thread; all step through the columns together, and each hands its covariance to the row below for
/// the next column. So a thread keeps the best neighbour of its row to itself, with no atomic operation, at twice the arithmetic of a
/// walk that uses the symmetry. The strip's first row gets its covariances from the definition, each by another thread.
/// </summary>
internal sealed class MatrixProfileIlgpu : OperationForm<MatrixProfileInput, MatrixProfileResult[]>
{
    private readonly Action<KernelConfig, Columns, ArrayView<double>, ArrayView<int>, int, int, int, int> _kernel;
    private readonly IlgpuBuffer<double>[] _columns;
    private readonly IlgpuBuffer<double> _best;
    private readonly IlgpuBuffer<int> _neighbours;
    private readonly Subsequences _series = new();
    private readonly int _threads;
    private double[][] _staged = [[], [], [], [], []];

    public MatrixProfileIlgpu(Accelerator accelerator)
    {
        _kernel = accelerator.LoadStreamKernel<Columns, ArrayView<double>, ArrayView<int>, int, int, int, int>(Strip);
        _columns = [new(accelerator), new(accelerator), new(accelerator), new(accelerator), new(accelerator)];
        _best = new(accelerator);
        _neighbours = new(accelerator);
        _threads = KernelGroups.ThreadsOn(accelerator);
    }

    public static IReadOnlyList<KernelEntry> Entries { get; } = [KernelGroups.Grouped(typeof(MatrixProfileIlgpu), nameof(Strip))];

    public override void Launch(ReadOnlySpan<MatrixProfileInput> inputs, Span<MatrixProfileResult[]> results)
    {
        var (length, width) = (inputs[0].Series.Length, inputs[0].Width);
        var count = length - width + 1;
        var total = 0;
        foreach (var input in inputs)
            total = checked(total + input.Series.Count);
        if (_staged[0].Length < total * length)
            _staged = [new double[total * length], new double[total * length], new double[total * length], new double[total * length], new double[total * length]];
        var at = 0;
        foreach (var input in inputs)
        {
            for (var i = 0; i < input.Series.Count; i++, at++)
            {
                _series.Prepare(input.Series.Window(i), width);
                _series.Samples.CopyTo(_staged[0], at * length);
                _series.Mean.CopyTo(_staged[1], at * count);
                _series.Inverse.CopyTo(_staged[2], at * count);
                _series.F.CopyTo(_staged[3], at * count);
                _series.G.CopyTo(_staged[4], at * count);
            }
        }

        var strips = (count + _threads - 1) / _threads;
        var columns = new Columns(
            _columns[0].Upload(_staged[0].AsSpan(0, total * length)),
            _columns[1].Upload(_staged[1].AsSpan(0, total * count)),
            _columns[2].Upload(_staged[2].AsSpan(0, total * count)),
            _columns[3].Upload(_staged[3].AsSpan(0, total * count)),
            _columns[4].Upload(_staged[4].AsSpan(0, total * count)));
        _kernel(
            new KernelConfig(total * strips, _threads),
            columns,
            _best.Take(total * count),
            _neighbours.Take(total * count),
            strips,
            count,
            width,
            MatrixProfile.Exclusion(width));
        var (best, neighbours) = (new double[total * count], new int[total * count]);
        _best.Download(best);
        _neighbours.Download(neighbours);
        at = 0;
        for (var job = 0; job < inputs.Length; job++)
        {
            var profiles = new MatrixProfileResult[inputs[job].Series.Count];
            for (var i = 0; i < profiles.Length; i++, at += count)
                profiles[i] = MatrixProfileResult.Of(best.AsSpan(at, count), neighbours.AsSpan(at, count), width);
            results[job] = profiles;
        }
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var column in _columns)
            column.Dispose();
        _best.Dispose();
        _neighbours.Dispose();
        base.Dispose(disposing);
    }

    private static void Strip(
        Columns series, ArrayView<double> best, ArrayView<int> neighbours, int strips, int count, int width, int exclusion)
    {
        // Covariances of the column before, by thread, two columns in turn; and the first row's for the columns of one chunk.
        var handed = SharedMemory.Allocate<double>(2 * KernelGroups.ThreadsMax);
        var edge = SharedMemory.Allocate<double>(KernelGroups.ThreadsMax);
        var which = Grid.IdxX / strips;
        var firstRow = (Grid.IdxX - (which * strips)) * Group.DimX;
        var samples = (long)which * (count + width - 1);
        var from = (long)which * count;
        var row = firstRow + Group.IdxX;
        var isRow = row < count;
        var own = from + (isRow ? row : 0);
        var f = series.F[own];
        var g = series.G[own];
        var inverse = series.Inverse[own];
        var most = double.NegativeInfinity;
        var neighbour = -1;
        for (var chunk = 0; chunk < count; chunk += Group.DimX)
        {
            Group.Barrier();
            var edgeColumn = chunk + Group.IdxX;
            if (edgeColumn < count)
                edge[Group.IdxX] = Covariance(series, samples, from, firstRow, edgeColumn, width);
            Group.Barrier();
            var end = chunk + Group.DimX < count ? chunk + Group.DimX : count;
            for (var column = chunk; column < end; column++)
            {
                var covariance = 0.0;
                if (Group.IdxX == 0)
                    covariance = edge[column - chunk];
                else if (column == 0 && isRow)
                    covariance = Covariance(series, samples, from, row, 0, width);
                else if (column > 0)
                    covariance = handed[((column - 1) & 1) * KernelGroups.ThreadsMax + Group.IdxX - 1] + (f * series.G[from + column]) + (g * series.F[from + column]);
                handed[(column & 1) * KernelGroups.ThreadsMax + Group.IdxX] = covariance;
                Group.Barrier();
                var correlation = covariance * inverse * series.Inverse[from + column];
                var apart = row > column ? row - column : column - row;
                if (apart > exclusion && correlation > most)
                {
                    most = correlation;
                    neighbour = column;
                }
            }
        }

        if (isRow)
        {
            best[own] = most;
            neighbours[own] = neighbour;
        }
    }

    private static double Covariance(Columns series, long samples, long from, int i, int j, int width)
    {
        var x = series.Mean[from + i];
        var y = series.Mean[from + j];
        var sum = 0.0;
        for (var k = 0; k < width; k++)
            sum += (series.Samples[samples + i + k] - x) * (series.Samples[samples + j + k] - y);
        return sum;
    }

    internal readonly struct Columns(
        ArrayView<double> samples, ArrayView<double> mean, ArrayView<double> inverse, ArrayView<double> f, ArrayView<double> g)
    {
        public readonly ArrayView<double> Samples = samples;
        public readonly ArrayView<double> Mean = mean;
        public readonly ArrayView<double> Inverse = inverse;
        public readonly ArrayView<double> F = f;
        public readonly ArrayView<double> G = g;
    }
}
