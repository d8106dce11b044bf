namespace IndustrialTwin.Operations.MonteCarlo;

/// <summary>When each path failed.</summary>
/// <param name="FailureSteps">For each path the step, from 1 on, at which it reached the threshold; -1 where it did not.</param>
public sealed record DegradationResult(int[] FailureSteps)
{
    /// <summary>Share of the paths that failed, 0 to 1.</summary>
    public double FailedShare => (double)FailureSteps.Count(step => step >= 0) / FailureSteps.Length;

    /// <summary>The step by which a share of all paths had failed; null when fewer did.</summary>
    /// <param name="share">Above 0 to 1; 0.1 gives the remaining life that nine of ten paths outlive.</param>
    public int? Quantile(double share)
    {
        if (!(share > 0 && share <= 1))
            throw new ArgumentException($"Share is {share}; expected above 0 to 1.", nameof(share));
        var failed = FailureSteps.Where(step => step >= 0).Order().ToArray();
        var index = (int)Math.Ceiling(share * FailureSteps.Length) - 1;
        return index < failed.Length ? failed[index] : null;
    }
}
