using CsCheck;
using IndustrialTwin.Cluster;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;
using Orleans.Core.Internal;
using Xunit;

namespace IndustrialTwin.Machines;

/// <summary>What a twin promises who sends to it, through the grain, the log and the device.</summary>
public class ObserveTests(TwinCluster cluster)
{
    [Fact]
    public async Task Batches_count_once_whatever_happens_on_their_way()
    {
        var (key, grain) = await cluster.DeclaredAsync();
        long[] arrivals = [0, 3, 1, 3, 0, 2, 6, 2];
        var outcomes = new List<ObserveOutcome>();
        foreach (var sequence in arrivals)
        {
            outcomes.Add((await grain.Observe(Plant.Batch(sequence, machine: key))).Outcome);
        }

        Assert.Equal([.. arrivals.Select((sequence, i) => Array.IndexOf(arrivals, sequence) == i ? ObserveOutcome.Accepted : ObserveOutcome.Duplicate)], outcomes);
        var counts = (await cluster.CaughtUpAsync(key)).Counts;
        Assert.Equal(new IngestCounts(5, 3, 0, 100, 0, 0, 2), counts); // 4 and 5 are missing.
        var samples = await grain.GetSamples(new SampleQuery("force"));
        Assert.Equal(Columns([0, 1, 2, 3, 6], key, "force"), samples.TimesUs.Zip(samples.Values));
    }

    [Fact]
    public async Task Copies_sent_at_once_are_one_batch_and_none_is_answered_before_it_is_there()
    {
        var (key, grain) = await cluster.DeclaredAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => grain.Observe(Plant.Batch(i % 2, machine: key))));
        Assert.Equal(2, replies.Count(reply => reply.Outcome == ObserveOutcome.Accepted));
        Assert.Equal(14, replies.Count(reply => reply.Outcome == ObserveOutcome.Duplicate));
        Assert.Equal(20, (await grain.GetSamples(new SampleQuery("force"))).TimesUs.Length);
    }

    [Fact]
    public async Task What_cannot_be_taken_is_answered_with_its_reason()
    {
        var (key, grain) = await cluster.DeclaredAsync();
        var good = Plant.Batch(0, machine: key);
        (SampleBatch Batch, QuarantineReason Reason, string Detail)[] bad =
        [
            (good with { Source = "" }, QuarantineReason.InvalidSequence, "source ''"),
            (good with { Source = "a\0b" }, QuarantineReason.InvalidSequence, "no control characters"),
            (good with { Source = new string('s', 65) }, QuarantineReason.InvalidSequence, "1 to 64"),
            (good with { Epoch = -1 }, QuarantineReason.InvalidSequence, "epoch -1"),
            (good with { Sequence = -1 }, QuarantineReason.InvalidSequence, "sequence -1"),
            (good with { Machine = Plant.Press }, QuarantineReason.InvalidSchema, Plant.Press.Value),
            (good with { Columns = [good.Columns[0], good.Columns[0]] }, QuarantineReason.InvalidSchema, "stands twice"),
            (good with { Columns = [good.Columns[0] with { Values = [1] }] }, QuarantineReason.InvalidSchema, "10 times and 1 values"),
        ];
        foreach (var (batch, reason, detail) in bad)
        {
            var reply = await grain.Observe(batch);
            Assert.Equal((ObserveOutcome.Rejected, reason), (reply.Outcome, reply.Reason));
            Assert.Contains(key.Value, reply.Detail, StringComparison.Ordinal);
            Assert.Contains(detail, reply.Detail, StringComparison.Ordinal);
        }

        var unknown = await cluster.Machine(TwinCluster.NewMachine()).Observe(good);
        Assert.Equal(QuarantineReason.UnknownMachine, unknown.Reason);
        Assert.Equal(bad.Length, (await grain.GetSnapshot()).Counts.BatchesRejected);
        Assert.Equal(ObserveOutcome.Accepted, (await grain.Observe(good)).Outcome);
    }

    [Fact]
    public async Task Bad_samples_go_to_quarantine_and_the_sums_hold()
    {
        var (key, grain) = await cluster.DeclaredAsync();
        var batch = Plant.Batch(0, machine: key);
        batch.Columns[0].Values[3] = double.NaN;
        batch.Columns[0].Values[4] = 5_000;
        var reply = await grain.Observe(batch with { Columns = [.. batch.Columns, new SampleColumn("noise", [1, 2], [1, 2])] });
        Assert.Equal((18, 4), (reply.SamplesAccepted, reply.SamplesQuarantined));
        var records = await cluster.Log.ReadQuarantineAsync(key, 10, default);
        Assert.Equal([QuarantineReason.UnknownChannel, QuarantineReason.OutOfRange, QuarantineReason.NotFinite], records.Select(record => record.Reason).OrderBy(reason => reason == QuarantineReason.NotFinite ? 2 : reason == QuarantineReason.OutOfRange ? 1 : 0));
        Assert.Equal(4, records.Sum(record => record.Samples));
        Assert.Equal(4, (await cluster.CaughtUpAsync(key)).Counts.SamplesQuarantined);
    }

    [Fact]
    public async Task A_log_that_refuses_acknowledges_nothing_and_the_twin_goes_on_when_it_is_back()
    {
        var (key, grain) = await cluster.DeclaredAsync();
        await grain.Observe(Plant.Batch(0, machine: key));
        cluster.Log.Break(key, LogFault.Refuses);
        await Assert.ThrowsAsync<LogUnavailableException>(() => grain.Observe(Plant.Batch(1, machine: key)));
        await Assert.ThrowsAsync<LogUnavailableException>(() => grain.Retire());
        Assert.True((await grain.GetSnapshot()).IsDeclared);
        cluster.Log.Break(key, LogFault.None);
        Assert.Equal(ObserveOutcome.Accepted, (await grain.Observe(Plant.Batch(1, machine: key))).Outcome);
        Assert.Equal(2, (await cluster.CaughtUpAsync(key)).Counts.BatchesAccepted);
        Assert.Equal(1, cluster.Log.ClaimsOf(key)); // A refusal is no reason to start anew.
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    internal async Task A_commit_in_doubt_is_settled_by_the_next_activation(bool isThere)
    {
        var (key, grain) = await cluster.DeclaredAsync();
        await grain.Observe(Plant.Batch(0, machine: key));
        cluster.Log.Break(key, isThere ? LogFault.FailsAfter : LogFault.FailsBefore);
        var fault = await Assert.ThrowsAsync<LogUnavailableException>(() => grain.Observe(Plant.Batch(1, machine: key)));
        Assert.True(fault.IsInDoubt);
        cluster.Log.Break(key, LogFault.None);
        var outcomes = new List<ObserveOutcome>();
        foreach (var sequence in new[] { 1, 2, 3 })
        {
            outcomes.Add((await grain.Observe(Plant.Batch(sequence, machine: key))).Outcome);
        }

        Assert.Equal([isThere ? ObserveOutcome.Duplicate : ObserveOutcome.Accepted, ObserveOutcome.Accepted, ObserveOutcome.Accepted], outcomes);
        var snapshot = await cluster.CaughtUpAsync(key);
        Assert.Equal((4, 80, 0), (snapshot.Counts.BatchesAccepted, snapshot.Counts.SamplesAccepted, snapshot.Counts.SequenceGaps));
        Assert.Equal(5, (await grain.GetFeature(new SampleQuery("force-statistics/rms"))).Count);
    }

    [Fact]
    public async Task A_twin_that_wakes_while_the_log_is_gone_shows_its_checkpoint_and_takes_nothing()
    {
        var (key, grain) = await cluster.DeclaredAsync();
        await grain.Observe(Plant.Batch(0, machine: key));
        await cluster.CaughtUpAsync(key);
        await cluster.SleepAsync(key);
        cluster.Log.Break(key, LogFault.Refuses);
        await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        await TwinCluster.UntilAsync(async () => (await Assert.ThrowsAsync<LogUnavailableException>(() => grain.Observe(Plant.Batch(1, machine: key)))) is not null);
        var snapshot = await grain.GetSnapshot();
        Assert.True(snapshot.IsDeclared);
        Assert.Equal(1, snapshot.Counts.BatchesAccepted);
        cluster.Log.Break(key, LogFault.None);
        var replies = await Task.WhenAll(Enumerable.Range(1, 6).Select(sequence => grain.Observe(Plant.Batch(sequence, machine: key))));
        Assert.All(replies, reply => Assert.Equal(ObserveOutcome.Accepted, reply.Outcome));
        Assert.Equal(7, (await cluster.CaughtUpAsync(key)).Counts.BatchesAccepted);
    }

    /// <summary>Two sources with a channel each, their batches repeated and out of order, as one caller or as many at once.</summary>
    [Fact]
    public async Task Any_order_with_any_repetition_is_the_plain_set_of_batches()
    {
        const int PerSource = 6;
        var names = Enumerable.Range(0, 2 * PerSource).ToArray();
        await Gen.Select(Gen.Shuffle(names), Gen.Int[0, names.Length - 1].Array[0, 10], Gen.Bool, Gen.Int[-1, 20]).SampleAsync(
            async (order, again, atOnce, sleepAt) =>
            {
                var (key, grain) = await cluster.DeclaredAsync();
                var arrivals = order.Concat(again).ToArray();
                var replies = new List<ObserveReply>();
                if (atOnce)
                {
                    replies.AddRange(await Task.WhenAll(arrivals.Select(name => grain.Observe(Batch(name, key)))));
                }
                else
                {
                    for (var i = 0; i < arrivals.Length; i++)
                    {
                        replies.Add(await grain.Observe(Batch(arrivals[i], key)));
                        if (i == sleepAt)
                        {
                            await cluster.SleepAsync(key);
                        }
                    }
                }

                Assert.Equal(names.Length, replies.Count(reply => reply.Outcome == ObserveOutcome.Accepted));
                Assert.Equal(again.Length, replies.Count(reply => reply.Outcome == ObserveOutcome.Duplicate));
                var snapshot = await cluster.CaughtUpAsync(key);
                Assert.Equal((names.Length, 10 * names.Length, 0), (snapshot.Counts.BatchesAccepted, snapshot.Counts.SamplesAccepted, snapshot.Counts.SequenceGaps));
                foreach (var channel in new[] { "force", "speed" })
                {
                    var samples = await grain.GetSamples(new SampleQuery(channel));
                    Assert.Equal(Columns(Enumerable.Range(0, PerSource).Select(i => (long)i), key, channel), samples.TimesUs.Zip(samples.Values));
                }

                // Windows of eight over the 60 rows of one channel; scores of the 48 rows of both after the twelve that were fitted.
                var maxima = await grain.GetFeature(new SampleQuery("force-statistics/maximum"));
                var rows = Columns(Enumerable.Range(0, PerSource).Select(i => (long)i), key, "force").ToArray();
                Assert.Equal(rows.Chunk(8).Where(window => window.Length == 8).Select(window => (window[^1].Item1, (double)window.Max(row => (float)row.Item2))), maxima.TimesUs.Zip(maxima.Values));
                Assert.Equal(rows[12..].Select(row => row.Item1), (await grain.GetFeature(new SampleQuery("health/t2"))).TimesUs);
            },
            iter: 12, threads: 1);

        static SampleBatch Batch(int name, MachineKey key)
        {
            var whole = Plant.Batch(name % PerSource, machine: key, source: name < PerSource ? "plc" : "daq");
            return whole with { Columns = [whole.Columns[name < PerSource ? 0 : 1]] };
        }
    }

    private static IEnumerable<(long, double)> Columns(IEnumerable<long> sequences, MachineKey key, string channel) =>
        sequences.Select(sequence => Plant.Batch(sequence, machine: key).Columns.First(column => column.Channel == channel))
            .SelectMany(column => column.TimesUs.Zip(column.Values));
}
