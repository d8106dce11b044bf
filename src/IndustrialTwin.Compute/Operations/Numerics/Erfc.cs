namespace IndustrialTwin.Operations.Numerics;

/// <summary>
/// The complementary error function by W. J. Cody's rational Chebyshev approximations (Mathematics of Computation 23, 1969, 631-637; the
/// coefficients are those of his CALERF, netlib/specfun). Relative error about 1e-15 down to the smallest normal result, near x = 26.5.
/// </summary>
internal static class Erfc
{
    private const double InverseSqrtPi = 0.56418958354775628695;

    private static readonly double[] ErfTop =
    [
        1.85777706184603153e-1, 3.16112374387056560e00, 1.13864154151050156e02, 3.77485237685302021e02, 3.20937758913846947e03,
    ];

    private static readonly double[] ErfBottom =
    [
        1, 2.36012909523441209e01, 2.44024637934444173e02, 1.28261652607737228e03, 2.84423683343917062e03,
    ];

    private static readonly double[] MiddleTop =
    [
        2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e00, 6.61191906371416295e01, 2.98635138197400131e02,
        8.81952221241769090e02, 1.71204761263407058e03, 2.05107837782607147e03, 1.23033935479799725e03,
    ];

    private static readonly double[] MiddleBottom =
    [
        1, 1.57449261107098347e01, 1.17693950891312499e02, 5.37181101862009858e02, 1.62138957456669019e03,
        3.29079923573345963e03, 4.36261909014324716e03, 3.43936767414372164e03, 1.23033935480374942e03,
    ];

    private static readonly double[] TailTop =
    [
        1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1,
        1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4,
    ];

    private static readonly double[] TailBottom =
    [
        1, 2.56852019228982242e00, 1.87295284992346725e00, 5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3,
    ];

    /// <summary>1 - erf(x) without the loss of digits.</summary>
    public static double Of(double x)
    {
        var magnitude = Math.Abs(x);
        if (double.IsNaN(x))
            return x;
        if (magnitude <= 0.46875)
            return 1 - (x * Ratio(ErfTop, ErfBottom, x * x));
        var tail = magnitude <= 4 ? Ratio(MiddleTop, MiddleBottom, magnitude) : FarTail(magnitude);
        tail *= ExpMinusSquare(magnitude);
        return x < 0 ? 2 - tail : tail;
    }

    private static double FarTail(double x)
    {
        var inverse = 1 / (x * x);
        return (InverseSqrtPi - (inverse * Ratio(TailTop, TailBottom, inverse))) / x;
    }

    /// <summary>exp(-x²) with the square split, so that its rounding is not multiplied by the exponential's steepness.</summary>
    private static double ExpMinusSquare(double x)
    {
        var coarse = Math.Truncate(x * 16) / 16;
        var rest = (x - coarse) * (x + coarse);
        return Math.Exp(-coarse * coarse) * Math.Exp(-rest);
    }

    private static double Ratio(double[] top, double[] bottom, double x)
    {
        double numerator = 0, denominator = 0;
        for (var i = 0; i < top.Length; i++)
        {
            numerator = (numerator * x) + top[i];
            denominator = (denominator * x) + bottom[i];
        }

        return numerator / denominator;
    }
}
