using CsCheck;
using Xunit;

namespace IndustrialTwin.Samples;

public class SequenceLedgerTests
{
    [Fact]
    public void Ranges_agree_with_a_plain_set_in_any_order() =>
        Gen.Int[0, 200].List[0, 300].Sample(numbers =>
        {
            var ranges = new SequenceRanges();
            var oracle = new HashSet<long>();
            foreach (var number in numbers)
            {
                Assert.Equal(oracle.Add(number), ranges.Add(number));
            }

            for (var number = 0; number <= 201; number++)
            {
                Assert.Equal(oracle.Contains(number), ranges.Contains(number));
            }

            var highest = oracle.Count == 0 ? -1 : oracle.Max();
            Assert.Equal(highest, ranges.Highest);
            Assert.Equal(highest + 1 - oracle.Count, ranges.Missing);
            Assert.Equal(ranges.ToStored(), new SequenceRanges(ranges.ToStored()).ToStored());
        });

    [Fact]
    public void Ranges_stay_within_their_limit_and_forget_the_oldest_only()
    {
        var ranges = new SequenceRanges();
        for (var i = 0; i < 2 * SequenceRanges.RangesMax; i++)
        {
            ranges.Add(2L * i);
        }

        Assert.Equal(2 * SequenceRanges.RangesMax, ranges.ToStored().Length);
        Assert.False(ranges.Contains(0));
        Assert.True(ranges.Contains(2L * SequenceRanges.RangesMax));
    }

    [Fact]
    public void Sources_and_epochs_are_kept_apart()
    {
        var ledger = new SequenceLedger();
        ledger.Add(new BatchName("plc", 1, 0));
        ledger.Add(new BatchName("plc", 2, 5));
        ledger.Add(new BatchName("daq", 1, 1));

        Assert.True(ledger.Contains(new BatchName("plc", 1, 0)));
        Assert.False(ledger.Contains(new BatchName("plc", 2, 0)));
        Assert.False(ledger.Contains(new BatchName("daq", 2, 5)));
        Assert.Equal(5 + 1, ledger.Missing);
    }

    [Fact]
    public void A_stored_ledger_is_the_same_ledger() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 5], Gen.Int[0, 50]).List[0, 100].Sample(names =>
        {
            var ledger = new SequenceLedger();
            foreach (var (source, epoch, sequence) in names)
            {
                ledger.Add(new BatchName($"s{source}", epoch, sequence));
            }

            var restored = new SequenceLedger(ledger.ToStored());
            Assert.Equal(ledger.Missing, restored.Missing);
            foreach (var (source, epoch, sequence) in names)
            {
                var name = new BatchName($"s{source}", epoch, sequence);
                Assert.Equal(ledger.Contains(name), restored.Contains(name));
            }
        });

    [Fact]
    public void There_is_room_for_so_many_sources_and_no_more()
    {
        var ledger = new SequenceLedger();
        for (var i = 0; i < SequenceLedger.SourcesMax; i++)
        {
            Assert.True(ledger.HasRoomFor($"s{i}"));
            ledger.Add(new BatchName($"s{i}", 0, 0));
        }

        Assert.False(ledger.HasRoomFor("one-more"));
        Assert.True(ledger.HasRoomFor("s3"));
    }
}
