using ILGPU;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations.MatrixProfiles;

/// <summary>
/// One group a strip of rows, one row a thread; all step through the columns together, and each hands its covariance to the row below for
/// the next column. So a thread keeps the best neighbour of its row to itself, with no atomic operation, at twice the arithmetic of a
/// walk that uses the symmetry. The strip's first row gets its covariances from the definition, each by another thread. A step of a long job
/// is some strips and some columns; what a row knows waits in the device's memory for the next.
/// </summary>
internal sealed class MatrixProfileIlgpu : SlicedForm<MatrixProfileInput, MatrixProfileResult[]>
{
    private readonly Action<KernelConfig, Columns, ArrayView<double>, ArrayView<int>, ArrayView<double>, Extent> _kernel;
    private readonly Accelerator _accelerator;
    private readonly Memory _memory;
    private readonly Subsequences _series = new();
    private readonly int _threads;
    private double[][] _staged = [[], [], [], [], []];

    public MatrixProfileIlgpu(Accelerator accelerator)
    {
        _kernel = accelerator.LoadStreamKernel<Columns, ArrayView<double>, ArrayView<int>, ArrayView<double>, Extent>(Strip);
        _accelerator = accelerator;
        _memory = new(accelerator);
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

        var extent = new Extent(count, width, _threads);
        var columns = _memory.Upload(_staged, total * length, total * count);
        var strips = total * extent.Strips;
        _kernel(
            new KernelConfig(strips, _threads), columns, _memory.Best(total * count), _memory.Neighbours(total * count), _memory.Carried(strips * _threads), extent);
        var (best, neighbours) = _memory.Download(total * count);
        at = 0;
        for (var job = 0; job < inputs.Length; job++)
        {
            var profiles = new MatrixProfileResult[inputs[job].Series.Count];
            for (var i = 0; i < profiles.Length; i++, at += count)
                profiles[i] = MatrixProfileResult.Of(best.AsSpan(at, count), neighbours.AsSpan(at, count), width);
            results[job] = profiles;
        }
    }

    public override SlicedRun<MatrixProfileResult[]> Begin(MatrixProfileInput input) => new Run(this, input);

    protected override void Dispose(bool disposing)
    {
        _memory.Dispose();
        base.Dispose(disposing);
    }

    private static void Strip(Columns series, ArrayView<double> best, ArrayView<int> neighbours, ArrayView<double> carried, Extent extent)
    {
        // Covariances of the column before, by thread, two columns in turn; and the first row's for the columns of one chunk.
        var handed = SharedMemory.Allocate<double>(2 * KernelGroups.ThreadsMax);
        var edge = SharedMemory.Allocate<double>(KernelGroups.ThreadsMax);
        var count = extent.Count;
        var strip = extent.FirstStrip + Grid.IdxX;
        var which = strip / extent.Strips;
        var firstRow = (strip - (which * extent.Strips)) * Group.DimX;
        var samples = (long)which * (count + extent.Width - 1);
        var from = (long)which * count;
        var row = firstRow + Group.IdxX;
        var isRow = row < count;
        var own = from + (isRow ? row : 0);
        var place = ((long)strip * Group.DimX) + Group.IdxX;
        var f = series.F[own];
        var g = series.G[own];
        var inverse = series.Inverse[own];
        var most = double.NegativeInfinity;
        var neighbour = -1;
        if (extent.FirstColumn > 0)
        {
            handed[((extent.FirstColumn - 1) & 1) * KernelGroups.ThreadsMax + Group.IdxX] = carried[place];
            most = best[own];
            neighbour = neighbours[own];
        }

        for (var chunk = extent.FirstColumn; chunk < extent.EndColumn; chunk += Group.DimX)
        {
            Group.Barrier();
            var edgeColumn = chunk + Group.IdxX;
            if (edgeColumn < extent.EndColumn)
                edge[Group.IdxX] = Covariance(series, samples, from, firstRow, edgeColumn, extent.Width);
            Group.Barrier();
            var end = chunk + Group.DimX < extent.EndColumn ? chunk + Group.DimX : extent.EndColumn;
            for (var column = chunk; column < end; column++)
            {
                var covariance = 0.0;
                if (Group.IdxX == 0)
                    covariance = edge[column - chunk];
                else if (column == 0 && isRow)
                    covariance = Covariance(series, samples, from, row, 0, extent.Width);
                else if (column > 0)
                    covariance = handed[((column - 1) & 1) * KernelGroups.ThreadsMax + Group.IdxX - 1] + (f * series.G[from + column]) + (g * series.F[from + column]);
                handed[(column & 1) * KernelGroups.ThreadsMax + Group.IdxX] = covariance;
                Group.Barrier();
                var correlation = covariance * inverse * series.Inverse[from + column];
                var apart = row > column ? row - column : column - row;
                if (apart > extent.Exclusion && correlation > most)
                {
                    most = correlation;
                    neighbour = column;
                }
            }
        }

        carried[place] = handed[((extent.EndColumn - 1) & 1) * KernelGroups.ThreadsMax + Group.IdxX];
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

    /// <summary>Which strips and columns a launch walks. All its numbers are as in the operation.</summary>
    internal readonly struct Extent(int count, int width, int threads, int firstStrip, int firstColumn, int endColumn)
    {
        public readonly int Strips = (count + threads - 1) / threads;
        public readonly int Count = count;
        public readonly int Width = width;
        public readonly int Exclusion = MatrixProfile.Exclusion(width);
        public readonly int FirstStrip = firstStrip;
        public readonly int FirstColumn = firstColumn;
        public readonly int EndColumn = endColumn;

        /// <summary>All of them.</summary>
        public Extent(int count, int width, int threads)
            : this(count, width, threads, 0, 0, count)
        {
        }
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

    /// <summary>What a launch or a run has on the device.</summary>
    private sealed class Memory(Accelerator accelerator) : IDisposable
    {
        private readonly IlgpuBuffer<double>[] _columns = [new(accelerator), new(accelerator), new(accelerator), new(accelerator), new(accelerator)];
        private readonly IlgpuBuffer<double> _best = new(accelerator);
        private readonly IlgpuBuffer<int> _neighbours = new(accelerator);
        private readonly IlgpuBuffer<double> _carried = new(accelerator);

        public Columns Upload(double[][] staged, int samples, int subsequences) => new(
            _columns[0].Upload(staged[0].AsSpan(0, samples)),
            _columns[1].Upload(staged[1].AsSpan(0, subsequences)),
            _columns[2].Upload(staged[2].AsSpan(0, subsequences)),
            _columns[3].Upload(staged[3].AsSpan(0, subsequences)),
            _columns[4].Upload(staged[4].AsSpan(0, subsequences)));

        public ArrayView<double> Best(int count) => _best.Take(count);

        public ArrayView<int> Neighbours(int count) => _neighbours.Take(count);

        public ArrayView<double> Carried(int count) => _carried.Take(count);

        public (double[] Best, int[] Neighbours) Download(int count)
        {
            var (best, neighbours) = (new double[count], new int[count]);
            _best.Download(best);
            _neighbours.Download(neighbours);
            return (best, neighbours);
        }

        public void Dispose()
        {
            foreach (var column in _columns)
                column.Dispose();
            _best.Dispose();
            _neighbours.Dispose();
            _carried.Dispose();
        }
    }

    /// <summary>A long job: series after series, strips by strips, columns by columns.</summary>
    private sealed class Run : SlicedRun<MatrixProfileResult[]>
    {
        private const int PrepareSamples = 1 << 17;
        private readonly MatrixProfileIlgpu _form;
        private readonly MatrixProfileInput _input;
        private readonly Memory _memory;
        private readonly Subsequences _series = new();
        private readonly SlicePace _chunks;
        private readonly int _strips;
        private Columns? _columns;
        private int _current;
        private int _strip;
        private int _column;

        public Run(MatrixProfileIlgpu form, MatrixProfileInput input)
        {
            (_form, _input, _memory) = (form, input, new Memory(form._accelerator));
            // Enough strips to fill the device, and no more: they all take as long as one.
            _strips = Math.Max(1, form._accelerator.NumMultiprocessors);
            _chunks = new SlicePace(1, (Count / form._threads) + 1);
            Result = new MatrixProfileResult[input.Series.Count];
            _series.Start(input.Series.Window(0), input.Width);
        }

        public override MatrixProfileResult[] Result { get; }

        private int Count => _input.Series.Length - _input.Width + 1;

        public override bool Step()
        {
            if (_columns is not { } columns)
            {
                if (_series.Advance(Math.Max(1, PrepareSamples / _input.Width)))
                {
                    _columns = _memory.Upload(
                        [_series.Samples, _series.Mean, _series.Inverse, _series.F, _series.G], _input.Series.Length, Count);
                }

                return false;
            }

            var all = new Extent(Count, _input.Width, _form._threads);
            var end = (int)Math.Min(Count, _column + ((long)_chunks.Amount * _form._threads));
            var strips = Math.Min(_strips, all.Strips - _strip);
            _chunks.Begin();
            _form._kernel(
                new KernelConfig(strips, _form._threads),
                columns,
                _memory.Best(Count),
                _memory.Neighbours(Count),
                _memory.Carried(all.Strips * _form._threads),
                new Extent(Count, _input.Width, _form._threads, _strip, _column, end));
            // What is only queued would make the next urgent job wait for more than this step.
            _form._accelerator.DefaultStream.Synchronize();
            _chunks.End();
            _column = end;
            if (_column < Count)
                return false;
            (_column, _strip) = (0, _strip + strips);
            return _strip >= all.Strips && Next();
        }

        protected override void Dispose(bool disposing)
        {
            _memory.Dispose();
            base.Dispose(disposing);
        }

        /// <summary>Ends a series and begins the next; true where there is none.</summary>
        private bool Next()
        {
            var (best, neighbours) = _memory.Download(Count);
            Result[_current++] = MatrixProfileResult.Of(best, neighbours, _input.Width);
            if (_current == Result.Length)
                return true;
            (_strip, _columns) = (0, null);
            _series.Start(_input.Series.Window(_current), _input.Width);
            return false;
        }
    }
}
