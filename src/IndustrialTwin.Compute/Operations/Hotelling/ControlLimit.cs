using IndustrialTwin.Operations.Numerics;

namespace IndustrialTwin.Operations.Hotelling;

/// <summary>
/// The control limit of T² for a new row (Tracy, Young and Mason, Journal of Quality Technology 24, 1992):
/// m (n - 1)(n + 1) / (n (n - m)) · F(m, n - m; confidence).
/// </summary>
internal static class ControlLimit
{
    // The Skoltech Anomaly Benchmark takes the quantile as the last of 10,000 points from 0 to 15 that is still below the confidence.
    // We take the same point, so that its published results come out to the last alarm; past the grid's end we search on.
    private const double GridEnd = 15;
    private const int GridPoints = 10_000;

    public static double Of(int rows, int rank, double confidence)
    {
        double n = rows, m = rank;
        return m * (n - 1) * (n + 1) / (n * (n - m)) * Quantile(rank, rows - rank, confidence);
    }

    private static double Quantile(int numerator, int denominator, double confidence)
    {
        if (FisherDistribution.Cdf(GridEnd, numerator, denominator) < confidence)
            return QuantileBeyond(numerator, denominator, confidence);
        // Invariant: the point at low is below the confidence, the point at high is not.
        var (low, high) = (0, GridPoints - 1);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (FisherDistribution.Cdf(Point(middle), numerator, denominator) < confidence)
                low = middle;
            else
                high = middle;
        }

        return Point(low);
    }

    private static double QuantileBeyond(int numerator, int denominator, double confidence)
    {
        var (low, high) = (GridEnd, GridEnd * 2);
        while (FisherDistribution.Cdf(high, numerator, denominator) < confidence && high < 1e12)
            (low, high) = (high, high * 2);
        for (var i = 0; i < 100; i++)
        {
            var middle = 0.5 * (low + high);
            if (FisherDistribution.Cdf(middle, numerator, denominator) < confidence)
                low = middle;
            else
                high = middle;
        }

        return low;
    }

    private static double Point(int index) => index * (GridEnd / (GridPoints - 1));
}
