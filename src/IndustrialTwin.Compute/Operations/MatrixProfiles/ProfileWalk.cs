using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace IndustrialTwin.Operations.MatrixProfiles;

/// <summary>
/// One series and the best neighbours found so far. Lanes are eight neighbouring diagonals, walked from their first row down. After the
/// first few diagonals a better neighbour is rare, so the best so far is compared for all lanes at once and written only then.
/// </summary>
internal sealed class ProfileWalk(bool isSimd)
{
    private const int Lanes = 4;
    private const int Diagonals = 2 * Lanes;
    private readonly bool _isSimd = isSimd && Vector256.IsHardwareAccelerated;
    private readonly Subsequences _series = new();
    private double[] _best = [];
    private int[] _neighbours = [];
    private int _width;
    private int _diagonal;
    private bool _isPrepared;

    public MatrixProfileResult Result => MatrixProfileResult.Of(_best, _neighbours, _width);

    public void Start(ReadOnlySpan<float> series, int width)
    {
        _series.Start(series, width);
        var count = _series.Count;
        if (_best.Length != count)
            (_best, _neighbours) = (new double[count], new int[count]);
        Array.Fill(_best, double.NegativeInfinity);
        Array.Fill(_neighbours, -1);
        (_width, _diagonal, _isPrepared) = (width, MatrixProfile.Exclusion(width) + 1, false);
    }

    /// <summary>Goes on for about so many cells of the matrix of all pairs; says whether the series is done.</summary>
    public bool Advance(long cells)
    {
        if (!_isPrepared)
        {
            _isPrepared = _series.Advance((int)Math.Clamp(cells / _width, 1, int.MaxValue));
            return _isPrepared && _diagonal >= _series.Count;
        }

        for (var done = 0L; done < cells && _diagonal < _series.Count;)
        {
            var walked = _isSimd && _diagonal + Diagonals <= _series.Count ? Diagonals : 1;
            if (walked == Diagonals)
                Walk8(_diagonal, _width);
            else
                Walk(_diagonal, 0, _series.Covariance(0, _diagonal, _width));
            done += (long)walked * (_series.Count - _diagonal);
            _diagonal += walked;
        }

        return _diagonal >= _series.Count;
    }

    /// <summary>One diagonal from a row on.</summary>
    private void Walk(int diagonal, int row, double covariance)
    {
        var (f, g, inverse) = (_series.F, _series.G, _series.Inverse);
        for (var i = row; i + diagonal < _series.Count; i++)
        {
            var j = i + diagonal;
            if (i > row)
                covariance += (f[i] * g[j]) + (f[j] * g[i]);
            var correlation = covariance * inverse[i] * inverse[j];
            Take(i, j, correlation);
            Take(j, i, correlation);
        }
    }

    private void Walk8(int diagonal, int width)
    {
        Span<double> first = stackalloc double[Diagonals];
        for (var lane = 0; lane < Diagonals; lane++)
            first[lane] = _series.Covariance(0, diagonal + lane, width);
        var covariance0 = Vector256.Create<double>(first);
        var covariance1 = Vector256.Create<double>(first[Lanes..]);
        ref var f = ref MemoryMarshal.GetArrayDataReference(_series.F);
        ref var g = ref MemoryMarshal.GetArrayDataReference(_series.G);
        ref var inverse = ref MemoryMarshal.GetArrayDataReference(_series.Inverse);
        ref var best = ref MemoryMarshal.GetArrayDataReference(_best);
        var rows = _series.Count - diagonal - Diagonals + 1;
        for (var i = 0; i < rows; i++)
        {
            // F and G are 0 at row 0, so the first step adds nothing.
            var j = (nuint)(i + diagonal);
            var (fi, gi) = (Vector256.Create(Unsafe.Add(ref f, i)), Vector256.Create(Unsafe.Add(ref g, i)));
            covariance0 += Vector256.MultiplyAddEstimate(fi, Vector256.LoadUnsafe(ref g, j), gi * Vector256.LoadUnsafe(ref f, j));
            covariance1 += Vector256.MultiplyAddEstimate(fi, Vector256.LoadUnsafe(ref g, j + Lanes), gi * Vector256.LoadUnsafe(ref f, j + Lanes));
            var scale = Vector256.Create(Unsafe.Add(ref inverse, i));
            var correlation0 = covariance0 * scale * Vector256.LoadUnsafe(ref inverse, j);
            var correlation1 = covariance1 * scale * Vector256.LoadUnsafe(ref inverse, j + Lanes);
            var bestOfRow = Vector256.Create(Unsafe.Add(ref best, i));
            var better0 = Vector256.GreaterThan(correlation0, Vector256.Min(bestOfRow, Vector256.LoadUnsafe(ref best, j)));
            var better1 = Vector256.GreaterThan(correlation1, Vector256.Min(bestOfRow, Vector256.LoadUnsafe(ref best, j + Lanes)));
            if ((better0 | better1) != Vector256<double>.Zero)
                Take8(i, (int)j, correlation0, correlation1);
        }

        for (var lane = 0; lane < Diagonals; lane++)
        {
            // Shorter by one row a lane, the rest of the eight ends in steps.
            var j = rows + diagonal + lane;
            if (j < _series.Count)
            {
                var covariance = lane < Lanes ? covariance0[lane] : covariance1[lane - Lanes];
                Walk(diagonal + lane, rows, covariance + (_series.F[rows] * _series.G[j]) + (_series.F[j] * _series.G[rows]));
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Take8(int i, int j, Vector256<double> correlation0, Vector256<double> correlation1)
    {
        for (var lane = 0; lane < Diagonals; lane++)
        {
            var correlation = lane < Lanes ? correlation0[lane] : correlation1[lane - Lanes];
            Take(i, j + lane, correlation);
            Take(j + lane, i, correlation);
        }
    }

    private void Take(int of, int neighbour, double correlation)
    {
        if (correlation > _best[of])
            (_best[of], _neighbours[of]) = (correlation, neighbour);
    }
}
