namespace IndustrialTwin.SampleDriver;

/// <summary>m (n - 1)(n + 1) / (n (n - m)) · F(m, n - m; confidence), with the quantile of F as <c>docs/drivers.md</c> defines it.</summary>
internal static class ControlLimit
{
    private const double GridEnd = 15;
    private const int GridPoints = 10_000;

    public static double Of(double rows, double rank, double confidence)
    {
        var quantile = F(GridEnd, rank, rows - rank) < confidence ? Beyond(rank, rows - rank, confidence) : OnGrid(rank, rows - rank, confidence);
        return rank * (rows - 1) * (rows + 1) / (rows * (rows - rank)) * quantile;
    }

    /// <summary>The last of 10,000 points from 0 to 15 that is still below the confidence.</summary>
    private static double OnGrid(double top, double bottom, double confidence)
    {
        var (low, high) = (0, GridPoints - 1);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (F(middle * (GridEnd / (GridPoints - 1)), top, bottom) < confidence)
                low = middle;
            else
                high = middle;
        }

        return low * (GridEnd / (GridPoints - 1));
    }

    private static double Beyond(double top, double bottom, double confidence)
    {
        var (low, high) = (GridEnd, 2 * GridEnd);
        while (F(high, top, bottom) < confidence && high < 1e12)
            (low, high) = (high, 2 * high);
        for (var i = 0; i < 100; i++)
        {
            var middle = 0.5 * (low + high);
            if (F(middle, top, bottom) < confidence)
                low = middle;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>P(F ≤ x).</summary>
    private static double F(double x, double top, double bottom) =>
        x <= 0 ? 0 : Beta(top * x / ((top * x) + bottom), top / 2, bottom / 2);

    /// <summary>The regularised incomplete beta function, by the series of DLMF 8.17.8 where it converges fast, else by its mirror.</summary>
    private static double Beta(double x, double a, double b)
    {
        if (x > (a + 1) / (a + b + 2))
            return 1 - Beta(1 - x, b, a);
        if (x <= 0)
            return 0;
        var front = Math.Exp(LogGamma(a + b) - LogGamma(a + 1) - LogGamma(b) + (a * Math.Log(x)) + (b * Math.Log(1 - x)));
        double sum = 1, term = 1;
        for (var n = 0; n < 1_000_000 && term > sum * 1e-17; n++)
            sum += term *= (a + b + n) / (a + 1 + n) * x;
        return front * sum;
    }

    /// <summary>ln Γ by Stirling's series (DLMF 5.11.1) from 10 on, and by Γ(x + 1) = x Γ(x) below.</summary>
    private static double LogGamma(double x)
    {
        var shift = 0.0;
        for (; x < 10; x++)
            shift -= Math.Log(x);
        var inverse = 1 / (x * x);
        var series = ((1.0 / 12) - (inverse * ((1.0 / 360) - (inverse * ((1.0 / 1260) - (inverse * ((1.0 / 1680) - (inverse / 1188)))))))) / x;
        return shift + ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + series;
    }
}
