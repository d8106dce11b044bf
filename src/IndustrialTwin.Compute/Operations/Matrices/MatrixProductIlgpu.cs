using ILGPU;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations.Matrices;

/// <summary>
/// One group a tile of 32 × 64 results: strips of A and B go through shared memory, and each thread keeps 4 × 4 results in registers. A step
/// of a long job is some tiles.
/// </summary>
internal sealed class MatrixProductIlgpu : SlicedForm<MatrixProductInput, float[]>
{
    private const int TileRows = 32;
    private const int TileColumns = 64;
    private const int TileInner = 16;
    private const int Patch = 4;
    private const int PatchesAcross = TileColumns / Patch;

    /// <summary>Patches of a tile: one for each thread of the largest group, more where groups are smaller.</summary>
    private const int Patches = TileRows / Patch * PatchesAcross;

    private readonly Action<KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<float>, ProductShape> _kernel;
    private readonly IlgpuBuffer<float> _a;
    private readonly IlgpuBuffer<float> _b;
    private readonly IlgpuBuffer<float> _c;
    private readonly Accelerator _accelerator;
    private readonly int _threads;
    private float[] _stagedA = [];
    private float[] _stagedB = [];
    private float[] _products = [];

    public MatrixProductIlgpu(Accelerator accelerator)
    {
        _kernel = accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, ArrayView<float>, ProductShape>(Multiply);
        _a = new(accelerator);
        _b = new(accelerator);
        _c = new(accelerator);
        _accelerator = accelerator;
        _threads = KernelGroups.ThreadsOn(accelerator);
    }

    public static IReadOnlyList<KernelEntry> Entries { get; } = [KernelGroups.Grouped(typeof(MatrixProductIlgpu), nameof(Multiply))];

    public override void Launch(ReadOnlySpan<MatrixProductInput> inputs, Span<float[]> results)
    {
        var first = inputs[0];
        var (sizeA, sizeB, sizeC) = (first.Rows * first.Inner, first.Inner * first.Columns, first.Rows * first.Columns);
        Room(ref _stagedA, inputs.Length * (long)sizeA);
        Room(ref _stagedB, inputs.Length * (long)sizeB);
        Room(ref _products, inputs.Length * (long)sizeC);
        for (var job = 0; job < inputs.Length; job++)
        {
            inputs[job].A.Span.CopyTo(_stagedA.AsSpan(job * sizeA));
            inputs[job].B.Span.CopyTo(_stagedB.AsSpan(job * sizeB));
        }

        var shape = new ProductShape(first);
        _kernel(
            new KernelConfig(inputs.Length * shape.Tiles, _threads),
            _a.Upload(_stagedA.AsSpan(0, inputs.Length * sizeA)),
            _b.Upload(_stagedB.AsSpan(0, inputs.Length * sizeB)),
            _c.Take(inputs.Length * sizeC),
            shape);
        var products = _products.AsSpan(0, inputs.Length * sizeC);
        _c.Download(products);
        for (var job = 0; job < inputs.Length; job++)
            results[job] = Scale(products.Slice(job * sizeC, sizeC), inputs[job]);
    }

    public override SlicedRun<float[]> Begin(MatrixProductInput input) => new Run(this, input);

    protected override void Dispose(bool disposing)
    {
        _a.Dispose();
        _b.Dispose();
        _c.Dispose();
        base.Dispose(disposing);
    }

    private static float[] Scale(ReadOnlySpan<float> product, in MatrixProductInput input)
    {
        var result = product.ToArray();
        if (input.Alpha == 1 && input.Beta == 0)
            return result;
        var c = input.C.Span;
        for (var i = 0; i < result.Length; i++)
            result[i] = (input.Alpha * result[i]) + (input.Beta == 0 ? 0 : input.Beta * c[i]);
        return result;
    }

    private static void Room(ref float[] staged, long length)
    {
        if (staged.Length < length)
            staged = new float[checked((int)length)];
    }

    private static void Multiply(ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ProductShape shape)
    {
        var stripA = SharedMemory.Allocate<float>(TileRows * TileInner);
        var stripB = SharedMemory.Allocate<float>(TileInner * TileColumns);
        var job = (shape.FirstTile + Grid.IdxX) / shape.Tiles;
        var tile = shape.FirstTile + Grid.IdxX - (job * shape.Tiles);
        var row0 = tile / shape.TilesAcross * TileRows;
        var column0 = (tile - (tile / shape.TilesAcross * shape.TilesAcross)) * TileColumns;
        var fromA = (long)job * shape.Rows * shape.Inner;
        var fromB = (long)job * shape.Inner * shape.Columns;
        var fromC = (long)job * shape.Rows * shape.Columns;
        for (var patch = Group.IdxX; patch < Patches; patch += Group.DimX)
        {
            var r = patch / PatchesAcross * Patch;
            var k = (patch - (patch / PatchesAcross * PatchesAcross)) * Patch;
            float c00 = 0, c01 = 0, c02 = 0, c03 = 0;
            float c10 = 0, c11 = 0, c12 = 0, c13 = 0;
            float c20 = 0, c21 = 0, c22 = 0, c23 = 0;
            float c30 = 0, c31 = 0, c32 = 0, c33 = 0;
            for (var p0 = 0; p0 < shape.Inner; p0 += TileInner)
            {
                Group.Barrier();
                for (var i = Group.IdxX; i < TileRows * TileInner; i += Group.DimX)
                {
                    var p = p0 + (i / TileRows);
                    var row = row0 + (i % TileRows);
                    stripA[i] = row < shape.Rows && p < shape.Inner
                        ? a[fromA + ((long)row * shape.RowStepA) + ((long)p * shape.InnerStepA)] : 0f;
                }

                for (var i = Group.IdxX; i < TileInner * TileColumns; i += Group.DimX)
                {
                    var p = p0 + (i / TileColumns);
                    var column = column0 + (i % TileColumns);
                    stripB[i] = column < shape.Columns && p < shape.Inner
                        ? b[fromB + ((long)p * shape.InnerStepB) + ((long)column * shape.ColumnStepB)] : 0f;
                }

                Group.Barrier();
                for (var p = 0; p < TileInner; p++)
                {
                    var atA = (p * TileRows) + r;
                    var atB = (p * TileColumns) + k;
                    var b0 = stripB[atB];
                    var b1 = stripB[atB + 1];
                    var b2 = stripB[atB + 2];
                    var b3 = stripB[atB + 3];
                    var a0 = stripA[atA];
                    c00 += a0 * b0;
                    c01 += a0 * b1;
                    c02 += a0 * b2;
                    c03 += a0 * b3;
                    var a1 = stripA[atA + 1];
                    c10 += a1 * b0;
                    c11 += a1 * b1;
                    c12 += a1 * b2;
                    c13 += a1 * b3;
                    var a2 = stripA[atA + 2];
                    c20 += a2 * b0;
                    c21 += a2 * b1;
                    c22 += a2 * b2;
                    c23 += a2 * b3;
                    var a3 = stripA[atA + 3];
                    c30 += a3 * b0;
                    c31 += a3 * b1;
                    c32 += a3 * b2;
                    c33 += a3 * b3;
                }
            }

            var to = fromC + ((long)(row0 + r) * shape.Columns) + column0 + k;
            var down = shape.Rows - row0 - r;
            var across = shape.Columns - column0 - k;
            if (down > 0)
                Store(c, to, across, c00, c01, c02, c03);
            if (down > 1)
                Store(c, to + shape.Columns, across, c10, c11, c12, c13);
            if (down > 2)
                Store(c, to + ((long)2 * shape.Columns), across, c20, c21, c22, c23);
            if (down > 3)
                Store(c, to + ((long)3 * shape.Columns), across, c30, c31, c32, c33);
        }
    }

    private static void Store(ArrayView<float> c, long at, int across, float x0, float x1, float x2, float x3)
    {
        if (across > 0)
            c[at] = x0;
        if (across > 1)
            c[at + 1] = x1;
        if (across > 2)
            c[at + 2] = x2;
        if (across > 3)
            c[at + 3] = x3;
    }

    /// <summary>The same for all jobs of a launch. Steps make a transpose of the same memory.</summary>
    internal readonly struct ProductShape(MatrixProductInput input, int firstTile = 0)
    {
        public readonly int Rows = input.Rows;
        public readonly int Inner = input.Inner;
        public readonly int Columns = input.Columns;
        public readonly int RowStepA = input.IsATransposed ? 1 : input.Inner;
        public readonly int InnerStepA = input.IsATransposed ? input.Rows : 1;
        public readonly int InnerStepB = input.IsBTransposed ? 1 : input.Columns;
        public readonly int ColumnStepB = input.IsBTransposed ? input.Inner : 1;
        public readonly int FirstTile = firstTile;
        public readonly int TilesAcross = (input.Columns + TileColumns - 1) / TileColumns;
        public readonly int Tiles = (input.Rows + TileRows - 1) / TileRows * ((input.Columns + TileColumns - 1) / TileColumns);
    }

    /// <summary>A long job. Its matrices go up before its first step.</summary>
    private sealed class Run : SlicedRun<float[]>
    {
        private readonly MatrixProductIlgpu _form;
        private readonly MatrixProductInput _input;
        private readonly IlgpuBuffer<float> _a;
        private readonly IlgpuBuffer<float> _b;
        private readonly IlgpuBuffer<float> _c;
        private readonly SlicePace _tiles;
        private int _tile;

        public Run(MatrixProductIlgpu form, MatrixProductInput input)
        {
            (_form, _input) = (form, input);
            (_a, _b, _c) = (new(form._accelerator), new(form._accelerator), new(form._accelerator));
            _a.Upload(input.A.Span);
            _b.Upload(input.B.Span);
            _tiles = new SlicePace(Math.Max(1, form._accelerator.NumMultiprocessors), int.MaxValue);
        }

        public override float[] Result
        {
            get
            {
                var product = new float[_input.Rows * _input.Columns];
                _c.Download(product);
                return Scale(product, _input);
            }
        }

        public override bool Step()
        {
            var shape = new ProductShape(_input, _tile);
            var tiles = Math.Min(_tiles.Amount, shape.Tiles - _tile);
            _tiles.Begin();
            _form._kernel(
                new KernelConfig(tiles, _form._threads),
                _a.Take(_input.A.Length),
                _b.Take(_input.B.Length),
                _c.Take(_input.Rows * _input.Columns),
                shape);
            // What is only queued would make the next urgent job wait for more than this step.
            _form._accelerator.DefaultStream.Synchronize();
            _tiles.End();
            _tile += tiles;
            return _tile == shape.Tiles;
        }

        protected override void Dispose(bool disposing)
        {
            _a.Dispose();
            _b.Dispose();
            _c.Dispose();
            base.Dispose(disposing);
        }
    }
}
