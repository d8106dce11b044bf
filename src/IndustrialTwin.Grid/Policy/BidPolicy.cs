namespace IndustrialTwin.Policy;

/// <summary>Large or unbatched jobs are bid for: a few accelerators say when they would be done, and the earliest has it.</summary>
public static class BidPolicy
{
    /// <summary>Chooses whom to ask.</summary>
    /// <param name="random">Chooses.</param>
    /// <param name="accelerators">Accelerators that could run the job.</param>
    /// <param name="chosen">Receives different numbers of 0..accelerators−1; its length is the number of bids wanted.</param>
    /// <returns>How many were chosen.</returns>
    public static int ChooseBidders(Random random, int accelerators, Span<int> chosen) => RandomChoice.Distinct(random, accelerators, chosen);

    /// <summary>An accelerator's bid.</summary>
    /// <param name="nowUs">The time.</param>
    /// <param name="freeUs">When its launch and the batch in its hand will be done.</param>
    /// <param name="waitingUs">Predicted time of the jobs that it has taken and that go before this one, microseconds.</param>
    /// <param name="serviceUs">Predicted time of this job with the moving of its data, microseconds.</param>
    /// <param name="deadlineUs">The job's deadline; it is refused where it cannot be met.</param>
    public static Bid Make(long nowUs, long freeUs, long waitingUs, long serviceUs, long deadlineUs)
    {
        var finish = Math.Max(nowUs, freeUs) + waitingUs + serviceUs;
        return new Bid(finish, finish > deadlineUs);
    }

    /// <summary>The winning bid: the earliest finish; −1 where all refused.</summary>
    public static int Best(ReadOnlySpan<Bid> bids)
    {
        var best = -1;
        for (var i = 0; i < bids.Length; i++)
        {
            if (!bids[i].IsRefused && (best < 0 || bids[i].FinishUs < bids[best].FinishUs))
                best = i;
        }

        return best;
    }

    /// <summary>Whether an idle accelerator should have a job that waits at another: it would be done earlier there.</summary>
    /// <param name="ownerFinishUs">When its owner expects to be done with it.</param>
    /// <param name="thiefFinishUs">When the thief would be.</param>
    /// <param name="deadlineUs">The job's deadline.</param>
    public static bool IsStolen(long ownerFinishUs, long thiefFinishUs, long deadlineUs) =>
        thiefFinishUs < ownerFinishUs && thiefFinishUs <= deadlineUs;

    /// <summary>The earliest finish that refusing bidders named, for the caller that is refused.</summary>
    public static long EarliestUs(ReadOnlySpan<Bid> bids)
    {
        var earliest = long.MaxValue;
        foreach (var bid in bids)
            earliest = Math.Min(earliest, bid.FinishUs);
        return earliest;
    }
}
