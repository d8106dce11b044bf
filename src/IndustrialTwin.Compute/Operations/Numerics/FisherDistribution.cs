namespace IndustrialTwin.Operations.Numerics;

/// <summary>
/// The F distribution through the regularised incomplete beta function: its continued fraction (DLMF 8.17.22) evaluated by Lentz's
/// method (Press et al., Numerical Recipes, section 6.4), ln Γ by Lanczos' series.
/// </summary>
internal static class FisherDistribution
{
    /// <summary>P(F ≤ x) for the given degrees of freedom of numerator and denominator.</summary>
    public static double Cdf(double x, double numerator, double denominator) => x <= 0
        ? 0
        : RegularisedBeta(numerator * x / ((numerator * x) + denominator), numerator / 2, denominator / 2);

    /// <summary>I_x(a, b).</summary>
    public static double RegularisedBeta(double x, double a, double b)
    {
        if (x <= 0)
            return 0;
        if (x >= 1)
            return 1;
        var front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + (a * Math.Log(x)) + (b * Math.Log(1 - x)));
        // The fraction converges fast below the mean; above it the symmetric one does.
        return x < (a + 1) / (a + b + 2) ? front * Fraction(x, a, b) / a : 1 - (front * Fraction(1 - x, b, a) / b);
    }

    /// <summary>ln Γ(x) for x > 0: Lanczos' series with g = 7 and nine terms (Godfrey's coefficients), about 1e-15 relative.</summary>
    public static double LogGamma(double x)
    {
        ReadOnlySpan<double> terms =
        [
            676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
            12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
        ];
        if (x < 0.5)
            return Math.Log(Math.PI / Math.Abs(Math.Sin(Math.PI * x))) - LogGamma(1 - x);
        var sum = 0.99999999999980993;
        for (var i = 0; i < terms.Length; i++)
            sum += terms[i] / (x + i);
        var t = x + 6.5;
        return (0.5 * Math.Log(2 * Math.PI)) + ((x - 0.5) * Math.Log(t)) - t + Math.Log(sum);
    }

    private static double Fraction(double x, double a, double b)
    {
        const double Tiny = 1e-300;
        const int TermsMax = 10_000;
        var c = 1.0;
        var d = 1 / NotZero(1 - ((a + b) * x / (a + 1)));
        var value = d;
        for (var m = 1; m <= TermsMax; m++)
        {
            var even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            d = 1 / NotZero(1 + (even * d));
            c = NotZero(1 + (even / c));
            value *= d * c;
            var odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 / NotZero(1 + (odd * d));
            c = NotZero(1 + (odd / c));
            value *= d * c;
            if (Math.Abs((d * c) - 1) < 1e-16)
                break;
        }

        return value;

        static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;
    }
}
