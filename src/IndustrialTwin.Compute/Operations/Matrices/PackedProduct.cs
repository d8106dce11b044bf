using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace IndustrialTwin.Operations.Matrices;

/// <summary>
/// Matrix product by packed panels (Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008): a block of B stays in
/// the third-level cache, a block of A in the second, and a tile of the result in registers while both are read in order. Holds its
/// panels; for one thread.
/// </summary>
internal sealed unsafe class PackedProduct
{
    private const int InnerBlock = 256;
    private const int ColumnsBlock = 1_024;
    private const int CacheLineBytes = 64;

    private readonly int _tileRows;
    private readonly int _tileColumns;
    private readonly int _rowsBlock;
    private readonly bool _isWide = Vector512.IsHardwareAccelerated;
    private readonly float[] _tile;
    private float[] _a = [];
    private float[] _b = [];

    /// <summary>Rows of a block that takes about half a millisecond.</summary>
    public int StepRows => 4 * _tileRows;

    public PackedProduct()
    {
        (_tileRows, _tileColumns) = _isWide ? (ProductTile512.Rows, ProductTile512.Columns) : (ProductTile256.Rows, ProductTile256.Columns);
        _rowsBlock = 16 * _tileRows;
        _tile = Aligned(_tileRows * _tileColumns);
    }

    /// <summary>Where a product under way stands: the block that comes next.</summary>
    public struct Place
    {
        public int Row;
        public int Inner;
        public int Column;
    }

    /// <summary>Adds alpha · A · B to C, which is row-major without gaps between rows, or fills C with it.</summary>
    public void Run(float* c, bool isNew, MatrixView a, MatrixView b, int rows, int inner, int columns, float alpha)
    {
        var place = default(Place);
        while (!Step(c, isNew, a, b, rows, inner, columns, alpha, _rowsBlock, ref place))
        {
            // All of it.
        }
    }

    /// <summary>
    /// Does the next block, of <paramref name="rowsMax"/> rows at most, and says whether it was the last. Between the steps of one product the
    /// packed block of B stays here, so a product in steps has this to itself.
    /// </summary>
    public bool Step(
        float* c, bool isNew, MatrixView a, MatrixView b, int rows, int inner, int columns, float alpha, int rowsMax, ref Place place)
    {
        var innerMost = Math.Min(inner, InnerBlock);
        Room(ref _a, RoundUp(Math.Min(rows, _rowsBlock), _tileRows) * innerMost);
        Room(ref _b, RoundUp(Math.Min(columns, ColumnsBlock), _tileColumns) * innerMost);
        var panelsA = Start(_a);
        var panelsB = Start(_b);
        var (i, p, j) = (place.Row, place.Inner, place.Column);
        var width = Math.Min(ColumnsBlock, columns - j);
        var depth = Math.Min(InnerBlock, inner - p);
        var height = Math.Min(Math.Min(rowsMax, _rowsBlock), rows - i);
        if (i == 0)
            PackB(b, p, depth, j, width, panelsB);
        PackA(a, i, height, p, depth, panelsA);
        Block(panelsA, panelsB, c + ((long)i * columns) + j, height, depth, width, columns, alpha, isNew && p == 0);
        if ((place.Row += height) < rows)
            return false;
        place.Row = 0;
        if ((place.Inner += InnerBlock) < inner)
            return false;
        place.Inner = 0;
        return (place.Column += ColumnsBlock) >= columns;
    }

    private void Block(float* panelsA, float* panelsB, float* c, int height, int depth, int width, int step, float alpha, bool isNew)
    {
        var tile = Start(_tile);
        for (var j = 0; j < width; j += _tileColumns)
        {
            var panelB = panelsB + ((long)j * depth);
            for (var i = 0; i < height; i += _tileRows)
            {
                var panelA = panelsA + ((long)i * depth);
                var to = c + ((long)i * step) + j;
                var (tall, broad) = (Math.Min(_tileRows, height - i), Math.Min(_tileColumns, width - j));
                if (tall == _tileRows && broad == _tileColumns)
                {
                    Tile(panelA, panelB, depth, alpha, to, step, isNew);
                    continue;
                }

                // At the edge the tile is computed whole, from the zeros of the packing, and only its inside is taken.
                Tile(panelA, panelB, depth, alpha, tile, _tileColumns, isNew: true);
                for (var r = 0; r < tall; r++)
                {
                    for (var k = 0; k < broad; k++)
                    {
                        var value = tile[(r * _tileColumns) + k];
                        to[((long)r * step) + k] = isNew ? value : to[((long)r * step) + k] + value;
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Tile(float* a, float* b, int depth, float alpha, float* c, int step, bool isNew)
    {
        if (_isWide)
            ProductTile512.Add(a, b, depth, alpha, c, step, isNew);
        else
            ProductTile256.Add(a, b, depth, alpha, c, step, isNew);
    }

    private void PackA(MatrixView a, int row, int height, int p, int depth, float* to)
    {
        for (var i = 0; i < height; i += _tileRows)
        {
            var tall = Math.Min(_tileRows, height - i);
            if (tall < _tileRows)
                new Span<float>(to, _tileRows * depth).Clear();
            var r = 0;
            for (; r + 4 <= tall; r += 4)
                Pack4(a, row + i + r, p, depth, to + r);
            for (; r < tall; r++)
            {
                var from = a.At(row + i + r, p);
                for (var k = 0; k < depth; k++)
                    to[(k * _tileRows) + r] = from[(long)k * a.ColumnStep];
            }

            to += _tileRows * depth;
        }
    }

    /// <summary>Four rows at once: each step writes one run of four instead of four elements far apart.</summary>
    private void Pack4(MatrixView a, int row, int p, int depth, float* to)
    {
        var from = a.At(row, p);
        long step = a.RowStep;
        for (var k = 0; k < depth; k++)
        {
            Vector128.Store(Vector128.Create(from[0], from[step], from[2 * step], from[3 * step]), to);
            from += a.ColumnStep;
            to += _tileRows;
        }
    }

    private void PackB(MatrixView b, int p, int depth, int column, int width, float* to)
    {
        for (var j = 0; j < width; j += _tileColumns)
        {
            var broad = Math.Min(_tileColumns, width - j);
            if (broad < _tileColumns)
                new Span<float>(to, _tileColumns * depth).Clear();
            for (var k = 0; k < depth; k++)
            {
                var from = b.At(p + k, column + j);
                if (b.ColumnStep == 1)
                {
                    new ReadOnlySpan<float>(from, broad).CopyTo(new Span<float>(to, broad));
                }
                else
                {
                    for (var c = 0; c < broad; c++)
                        to[c] = from[(long)c * b.ColumnStep];
                }

                to += _tileColumns;
            }
        }
    }

    private static int RoundUp(int value, int to) => (value + to - 1) / to * to;

    private static void Room(ref float[] block, int length)
    {
        if (block.Length < length + (CacheLineBytes / sizeof(float)))
            block = Aligned(length);
    }

    /// <summary>Pinned for its whole life, with room to start at a cache line.</summary>
    private static float[] Aligned(int length) =>
        GC.AllocateUninitializedArray<float>(length + (CacheLineBytes / sizeof(float)), pinned: true);

    private static float* Start(float[] block)
    {
        var start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(block));
        return (float*)((start + CacheLineBytes - 1) & -CacheLineBytes);
    }
}
