using CsCheck;
using Xunit;

namespace IndustrialTwin.Samples;

public class RowAlignerTests
{
    [Fact]
    public void Rows_come_out_complete_and_in_time_order_whatever_order_they_came_in() =>
        Gen.Shuffle(Enumerable.Range(0, 60).ToArray()).Sample(order =>
        {
            // 20 rows of 3 channels; each step adds one sample.
            var aligner = new RowAligner(3);
            var rows = new RowBuffer(3);
            foreach (var step in order)
            {
                aligner.Add(step % 3, [step / 3], [step]);
            }

            aligner.Drain(long.MaxValue / 4, rows);
            Assert.Equal(Enumerable.Range(0, 20).Select(row => (long)row), rows.TimesUs.ToArray());
            Assert.Equal(Enumerable.Range(0, 60).Select(value => (double)value), rows.Values.ToArray());
        });

    [Fact]
    public void A_row_that_lacks_a_channel_waits_for_its_lateness_and_is_left_out_then()
    {
        var aligner = new RowAligner(2);
        var rows = new RowBuffer(2);
        aligner.Add(0, [10, 20, 30], [1, 2, 3]);
        aligner.Add(1, [10], [1]);
        aligner.Drain(15, rows);
        Assert.Equal([10], rows.TimesUs.ToArray());

        aligner.Add(0, [40], [4]);
        aligner.Drain(15, rows);
        Assert.Equal([10], rows.TimesUs.ToArray());
        Assert.Equal(1, aligner.Incomplete);
        Assert.Equal(1, aligner.Add(1, [20], [2]));
    }

    [Fact]
    public void Of_two_values_for_one_time_the_first_counts()
    {
        var aligner = new RowAligner(1);
        var rows = new RowBuffer(1);
        aligner.Add(0, [5, 7, 5], [1, 2, 3]);
        aligner.Drain(0, rows);
        Assert.Equal([1, 2], rows.Values.ToArray());
    }

    [Fact]
    public void A_stored_aligner_goes_on_where_it_stood() =>
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, 1]).List[1, 120].Sample(samples =>
        {
            var (whole, wholeRows) = (new RowAligner(2), new RowBuffer(2));
            var (cut, cutRows) = (new RowAligner(2), new RowBuffer(2));
            for (var i = 0; i < samples.Count; i++)
            {
                var (time, channel) = samples[i];
                whole.Add(channel, [time], [i]);
                cut.Add(channel, [time], [i]);
                whole.Drain(10, wholeRows);
                cut.Drain(10, cutRows);
                (cut, cutRows) = (new RowAligner(2, cut.ToStored()), new RowBuffer(2, cutRows.ToStored()));
            }

            Assert.Equal(wholeRows.TimesUs.ToArray(), cutRows.TimesUs.ToArray());
            Assert.Equal(wholeRows.Values.ToArray(), cutRows.Values.ToArray());
        });
}
