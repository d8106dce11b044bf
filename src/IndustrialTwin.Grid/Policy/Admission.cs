namespace IndustrialTwin.Policy;

/// <summary>Decides whether a request can be done in time: refused at once is better than late.</summary>
public static class Admission
{
    /// <summary>Decides on a request.</summary>
    /// <param name="terms">The request.</param>
    /// <param name="nowUs">The time.</param>
    /// <param name="unitsAhead">Units that would be served before it.</param>
    /// <param name="batchUnitsMax">Units of a full batch.</param>
    /// <param name="unitsPerUs">How quickly waiting units are taken from the queue, or 0 where that is not known yet.</param>
    /// <param name="cost">What a launch costs on the best device, or null where that is not known yet.</param>
    public static AdmissionAnswer Decide(
        in WorkTerms terms, long nowUs, long unitsAhead, int batchUnitsMax, double unitsPerUs, CostEstimate? cost)
    {
        var earliest = EarliestUs(terms.Units, nowUs, unitsAhead, batchUnitsMax, unitsPerUs, cost);
        if (earliest <= terms.DeadlineUs)
            return new AdmissionAnswer(AdmissionKind.Accepted, terms.DeadlineUs, earliest);
        return earliest <= terms.LatestUs
            ? new AdmissionAnswer(AdmissionKind.Degraded, earliest, earliest)
            : new AdmissionAnswer(AdmissionKind.Refused, terms.DeadlineUs, earliest);
    }

    /// <summary>
    /// When a request would be done: what is ahead of its batch is taken at the queue's rate, then the batch that it is in runs. What
    /// rides in the same batch does not go before it.
    /// </summary>
    private static long EarliestUs(int units, long nowUs, long unitsAhead, int batchUnitsMax, double unitsPerUs, CostEstimate? cost)
    {
        var batches = unitsAhead / batchUnitsMax;
        var wait = unitsPerUs > 0 ? (long)(batches * batchUnitsMax / unitsPerUs) : 0;
        var own = Math.Max(units, Math.Min(batchUnitsMax, unitsAhead - batches * batchUnitsMax + units));
        return nowUs + wait + (cost?.PredictUs(own) ?? 0);
    }
}
