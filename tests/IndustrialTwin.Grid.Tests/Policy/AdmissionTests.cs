using CsCheck;
using Xunit;

namespace IndustrialTwin.Policy;

public sealed class AdmissionTests
{
    private static readonly CostEstimate Cost = new(2_000, 125, 0);
    private static readonly Gen<(long Ahead, double Rate, int Units, long Slack, long Tolerance)> Cases = Gen.Select(
        Gen.Long[0, 10_000], Gen.Double[0.001, 1], Gen.Int[1, 64], Gen.Long[0, 500_000], Gen.Long[0, 500_000]);

    [Fact]
    public void A_request_with_the_earliest_time_as_its_deadline_is_accepted_and_with_less_it_is_not() => Cases.Sample(given =>
    {
        var answer = Decide(given.Ahead, given.Rate, given.Units, given.Slack, 0);
        Assert.Equal(answer.EarliestUs <= 1_000 + given.Slack, answer.Kind == AdmissionKind.Accepted);
        Assert.Equal(AdmissionKind.Accepted, Decide(given.Ahead, given.Rate, given.Units, answer.EarliestUs - 1_000, 0).Kind);
        Assert.Equal(AdmissionKind.Refused, Decide(given.Ahead, given.Rate, given.Units, answer.EarliestUs - 1_001, 0).Kind);
    });

    [Fact]
    public void A_tolerant_request_is_degraded_to_the_earliest_time() => Cases.Sample(given =>
    {
        var answer = Decide(given.Ahead, given.Rate, given.Units, given.Slack, given.Tolerance);
        if (answer.Kind == AdmissionKind.Degraded)
        {
            Assert.InRange(answer.DeadlineUs, 1_000 + given.Slack + 1, 1_000 + given.Tolerance);
            Assert.Equal(answer.EarliestUs, answer.DeadlineUs);
        }
        else
        {
            Assert.Equal(1_000 + given.Slack, answer.DeadlineUs);
        }
    });

    [Fact]
    public void More_ahead_is_never_earlier() => Cases.Sample(given => Assert.True(
        Decide(given.Ahead, given.Rate, given.Units, 0, 0).EarliestUs <= Decide(given.Ahead + 64, given.Rate, given.Units, 0, 0).EarliestUs));

    /// <summary>
    /// One accelerator without noise, requests with rising deadlines at one moment: what is accepted is done in time, and what is
    /// refused would have been done at the time that it was told, give or take the batch that it would be in.
    /// </summary>
    [Fact]
    public void What_admission_says_is_true() => Gen.Select(Gen.Long[1, 3_000].Array[1, 400], Gen.Long[12_000, 60_000]).Sample((gaps, first) =>
    {
        var queue = new WorkQueue<int, int>(PolicyOptions.Default);
        queue.Calibrate(0, Cost);
        var deadlines = new Dictionary<int, long>();
        var (deadline, refused, toldUs) = (first, 0, 0L);
        for (var i = 0; i < gaps.Length; i++)
        {
            deadline += gaps[i] / 10;
            var answer = queue.Submit(i, new WorkTerms(RequestClass.Monitor, deadline), 0);
            if (answer.IsTaken)
            {
                deadlines.Add(i, deadline);
            }
            else
            {
                (refused, toldUs) = (i, answer.EarliestUs);
                queue.Submit(-1, new WorkTerms(RequestClass.Deferrable, long.MaxValue / 4), 0);
                break;
            }
        }

        var (nowUs, doneUs) = (0L, 0L);
        List<Work<int>> batch = [], dropped = [];
        for (var lease = queue.Take(0, Cost, 0, 0, batch, dropped); lease != 0; lease = queue.Take(0, Cost, nowUs, nowUs, batch, dropped))
        {
            nowUs += Cost.PredictUs(batch.Sum(work => work.Terms.Units));
            foreach (var work in batch)
            {
                if (work.Item < 0)
                    doneUs = nowUs;
                else
                    Assert.True(nowUs <= deadlines[work.Item], $"{work.Item} was accepted for {deadlines[work.Item]} and done at {nowUs}.");
            }

            Assert.True(queue.Completed(lease, 0, Cost));
        }

        Assert.Empty(dropped);
        if (refused > 0)
            Assert.InRange(doneUs, toldUs - Cost.PredictUs(64), toldUs + Cost.PredictUs(64));
    }, iter: 300);

    private static AdmissionAnswer Decide(long ahead, double rate, int units, long slack, long tolerance) => Admission.Decide(
        new WorkTerms(RequestClass.Monitor, 1_000 + slack, units, 1_000 + tolerance), 1_000, ahead, 64, rate, 0, Cost);
}
