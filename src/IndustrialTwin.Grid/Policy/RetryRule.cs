namespace IndustrialTwin.Policy;

/// <summary>When a caller that has heard nothing asks again.</summary>
public static class RetryRule
{
    /// <summary>
    /// When half of the time that is left has passed, as long as the rest could do for a second attempt; else never
    /// (<see cref="long.MaxValue"/>), and the request expires at its deadline.
    /// </summary>
    /// <param name="nowUs">The time.</param>
    /// <param name="deadlineUs">The request's deadline.</param>
    /// <param name="leastUs">The least time that an attempt needs, microseconds.</param>
    public static long RetryAtUs(long nowUs, long deadlineUs, long leastUs)
    {
        var half = (deadlineUs - nowUs) / 2;
        return half >= leastUs ? nowUs + half : long.MaxValue;
    }
}
