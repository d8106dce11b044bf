namespace IndustrialTwin.Policy;

/// <summary>Whether a request goes up a tier (edge, site, cloud).</summary>
public static class TierRule
{
    /// <summary>Only what its own tier refused, and only if there is time for the way and the work. Control never leaves its node.</summary>
    /// <param name="terms">The request.</param>
    /// <param name="nowUs">The time.</param>
    /// <param name="roundTripUs">The way up and back, with its payload, microseconds.</param>
    /// <param name="serviceUs">How long the tier above takes for it, waiting included, microseconds.</param>
    public static bool GoesUp(in WorkTerms terms, long nowUs, long roundTripUs, long serviceUs) =>
        terms.Class != RequestClass.Control && Math.Max(terms.DeadlineUs, terms.LatestUs) - nowUs > roundTripUs + serviceUs;
}
