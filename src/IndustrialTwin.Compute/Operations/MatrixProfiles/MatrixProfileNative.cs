using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace IndustrialTwin.Operations.MatrixProfiles;

/// <summary>
/// Lanes are eight neighbouring diagonals, walked from their first row down. After the first few diagonals a better neighbour is rare, so
/// the best so far is compared for all lanes at once and written only then.
/// </summary>
internal sealed class MatrixProfileNative(NativeCode code) : OperationForm<MatrixProfileInput, MatrixProfileResult[]>
{
    private const int Lanes = 4;
    private const int Diagonals = 2 * Lanes;
    private readonly bool _isSimd = code == NativeCode.Simd && Vector256.IsHardwareAccelerated;
    private readonly Subsequences _series = new();
    private double[] _best = [];
    private int[] _neighbours = [];

    public override void Launch(ReadOnlySpan<MatrixProfileInput> inputs, Span<MatrixProfileResult[]> results)
    {
        for (var job = 0; job < inputs.Length; job++)
        {
            var (series, width) = (inputs[job].Series, inputs[job].Width);
            var profiles = new MatrixProfileResult[series.Count];
            for (var i = 0; i < profiles.Length; i++)
            {
                _series.Prepare(series.Window(i), width);
                profiles[i] = Profile(width);
            }

            results[job] = profiles;
        }
    }

    private MatrixProfileResult Profile(int width)
    {
        var count = _series.Count;
        if (_best.Length != count)
            (_best, _neighbours) = (new double[count], new int[count]);
        Array.Fill(_best, double.NegativeInfinity);
        Array.Fill(_neighbours, -1);
        var diagonal = MatrixProfile.Exclusion(width) + 1;
        for (; _isSimd && diagonal + Diagonals <= count; diagonal += Diagonals)
            Walk8(diagonal, width);
        for (; diagonal < count; diagonal++)
            Walk(diagonal, 0, _series.Covariance(0, diagonal, width));
        return MatrixProfileResult.Of(_best, _neighbours, width);
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
