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
    /// <param name="pressure">
    /// 0 where an accelerator comes as soon as a batch is there; towards 1 where a batch must wait for its turn like those before it.
    /// </param>
    /// <param name="cost">What a launch costs on the best device, or null where that is not known yet.</param>
    public static AdmissionAnswer Decide(
        in WorkTerms terms, long nowUs, long unitsAhead, int batchUnitsMax, double unitsPerUs, double pressure, CostEstimate? cost)
    {
        var earliest = EarliestUs(terms.Units, nowUs, unitsAhead, batchUnitsMax, unitsPerUs, pressure, cost);
        if (earliest <= terms.DeadlineUs)
            return new AdmissionAnswer(AdmissionKind.Accepted, terms.DeadlineUs, earliest);
        return earliest <= terms.LatestUs
            ? new AdmissionAnswer(AdmissionKind.Degraded, earliest, earliest)
            : new AdmissionAnswer(AdmissionKind.Refused, terms.DeadlineUs, earliest);
    }

    /// <summary>
    /// When a request would be done: what is ahead of its batch is taken at the queue's rate, then the batch that it is in runs. What
    /// rides in the same batch does not go before it. Behind a full batch there will be another full one.
    /// </summary>
    private static long EarliestUs(
        int units, long nowUs, long unitsAhead, int batchUnitsMax, double unitsPerUs, double pressure, CostEstimate? cost)
    {
        var whole = unitsAhead / batchUnitsMax * batchUnitsMax;
        var beside = unitsAhead - whole + units;
        var wait = unitsPerUs > 0 ? (long)((whole + pressure * beside) / unitsPerUs) : 0;
        var own = Math.Max(units, whole > 0 ? batchUnitsMax : Math.Min(batchUnitsMax, beside));
        return nowUs + wait + (cost?.PredictUs(own) ?? 0);
    }
}
