using System.Numerics;
using System.Runtime.InteropServices;

namespace IndustrialTwin.Operations.Gaussian;

/// <summary>
/// Sums of values and of squares in about twice the digits of double: error-free sums and products (Ogita, Rump and Oishi, Accurate sum
/// and dot product, SIAM J. Sci. Comput. 26, 2005). That is what lets values be taken out again, and an offset a million times the
/// deviation stand in the squares, with 12 digits of the variance left.
/// </summary>
internal struct RunningMoments
{
    private double _sum;
    private double _sumRest;
    private double _squares;
    private double _squaresRest;

    public int Count { get; private set; }

    public readonly double Mean => (_sum + _sumRest) / Count;

    /// <summary>Population variance; 0 where rounding would make it negative.</summary>
    public readonly double Variance
    {
        get
        {
            var (sum, sumLow) = TwoSum(_sum, _sumRest);
            var product = sum * sum;
            var productLow = Math.FusedMultiplyAdd(sum, sum, -product) + (2 * sum * sumLow);
            var part = product / Count;
            var partLow = (Math.FusedMultiplyAdd(-part, Count, product) + productLow) / Count;
            var (squares, squaresLow) = TwoSum(_squares, _squaresRest);
            var (difference, lost) = TwoSum(squares, -part);
            return Math.Max(0, (difference + (lost + squaresLow - partLow)) / Count);
        }
    }

    public void Add(double x)
    {
        var (sum, lost) = TwoSum(_sum, x);
        var square = x * x;
        var squareLow = Math.FusedMultiplyAdd(x, x, -square);
        var (squares, squaresLost) = TwoSum(_squares, square);
        _sum = sum;
        _sumRest += lost;
        _squares = squares;
        _squaresRest += squaresLost + squareLow;
        Count++;
    }

    public void Add(in RunningMoments other) => Join(other, 1);

    public void Remove(in RunningMoments other) => Join(other, -1);

    /// <summary>The moments of a run of values.</summary>
    public static RunningMoments Of(ReadOnlySpan<double> values, bool isSimd)
    {
        var moments = default(RunningMoments);
        var lanes = isSimd ? MemoryMarshal.Cast<double, Vector<double>>(values) : [];
        if (lanes.Length > 0)
        {
            Vector<double> sum = default, sumRest = default, squares = default, squaresRest = default;
            foreach (var x in lanes)
            {
                var square = x * x;
                var squareLow = Vector.FusedMultiplyAdd(x, x, -square);
                (sum, var lost) = TwoSum(sum, x);
                (squares, var squaresLost) = TwoSum(squares, square);
                sumRest += lost;
                squaresRest += squaresLost + squareLow;
            }

            for (var lane = 0; lane < Vector<double>.Count; lane++)
            {
                moments.Add(new RunningMoments
                {
                    _sum = sum[lane],
                    _sumRest = sumRest[lane],
                    _squares = squares[lane],
                    _squaresRest = squaresRest[lane],
                    Count = lanes.Length,
                });
            }
        }

        foreach (var x in values[(lanes.Length * Vector<double>.Count)..])
            moments.Add(x);
        return moments;
    }

    private void Join(in RunningMoments other, int sign)
    {
        (_sum, var lost) = TwoSum(_sum, sign * other._sum);
        (_squares, var squaresLost) = TwoSum(_squares, sign * other._squares);
        _sumRest += lost + (sign * other._sumRest);
        _squaresRest += squaresLost + (sign * other._squaresRest);
        Count += sign * other.Count;
    }

    /// <summary>The rounded sum and what the rounding lost (Knuth).</summary>
    private static (double Sum, double Lost) TwoSum(double a, double b)
    {
        var sum = a + b;
        var part = sum - a;
        return (sum, a - (sum - part) + (b - part));
    }

    private static (Vector<double> Sum, Vector<double> Lost) TwoSum(Vector<double> a, Vector<double> b)
    {
        var sum = a + b;
        var part = sum - a;
        return (sum, a - (sum - part) + (b - part));
    }
}
