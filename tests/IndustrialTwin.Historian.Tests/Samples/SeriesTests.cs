using CsCheck;
using IndustrialTwin.Machines;
using Xunit;
using static IndustrialTwin.Samples.LogDatabase;

namespace IndustrialTwin.Samples;

/// <summary>Reading a stretch of time back out of batches and blocks that overlap, come late or repeat times.</summary>
public class SeriesTests
{
    public static TheoryData<SampleLogEngine> Engines => LogDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task Late_and_overlapping_batches_come_back_as_one_series(SampleLogEngine engine)
    {
        await using var database = await CreateAsync(engine);
        var log = await database.OpenAsync();
        var fence = await log.ClaimAsync(Press, default);
        await AppendAsync(log, fence, 0, [30, 40, 50], [3, 4, 5]);
        await AppendAsync(log, fence, 1, [10, 20, 30, 35], [1, 2, 99, 3.5]);
        await AppendAsync(log, fence, 2, [60], [6]);
        await log.AppendAsync(Entry(await log.ClaimAsync(Pump, default), 0, Pump, firstUs: 1), default);

        var all = await log.ReadSamplesAsync(Press, new SampleQuery("force"), default);
        Assert.Equal([10, 20, 30, 35, 40, 50, 60], all.TimesUs);
        Assert.Equal([1, 2, 3, 3.5, 4, 5, 6], all.Values); // Of the two at 30 the one that was logged first.
        Assert.False(all.More);
        Assert.Equal([30, 35, 40], (await log.ReadSamplesAsync(Press, new SampleQuery("force", 25, 40), default)).TimesUs.AsEnumerable());
        Assert.Empty((await log.ReadSamplesAsync(Press, new SampleQuery("speed"), default)).TimesUs.AsEnumerable());
        Assert.Empty((await log.ReadSamplesAsync(Press, new SampleQuery("force", 61), default)).TimesUs.AsEnumerable());
        Assert.Empty((await log.ReadSamplesAsync(MachineKey.Parse("a/b/c"), new SampleQuery("force"), default)).TimesUs.AsEnumerable());

        var some = await log.ReadSamplesAsync(Press, new SampleQuery("force", PointsMax: 4), default);
        Assert.Equal([10, 20, 30, 35], some.TimesUs);
        Assert.True(some.More);
        var rest = await log.ReadSamplesAsync(Press, new SampleQuery("force", some.TimesUs[^1] + 1, PointsMax: 3), default);
        Assert.Equal([40, 50, 60], rest.TimesUs);
        Assert.False(rest.More);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Batches_that_span_the_calendar_can_be_asked_for_from_the_beginning_of_time(SampleLogEngine engine)
    {
        const long Year1 = -62_135_596_800_000_000, Year9999 = 253_402_300_799_000_000;
        await using var database = await CreateAsync(engine);
        var log = await database.OpenAsync();
        await AppendAsync(log, await log.ClaimAsync(Press, default), 0, [Year1, 0, Year9999], [1, 2, 3]);
        Assert.Equal([1, 2, 3], (await log.ReadSamplesAsync(Press, new SampleQuery("force"), default)).Values.AsEnumerable());
        Assert.Equal([3], (await log.ReadSamplesAsync(Press, new SampleQuery("force", 1), default)).Values.AsEnumerable());
        Assert.Equal([1], (await log.ReadSamplesAsync(Press, new SampleQuery("force", ToUs: -1), default)).Values.AsEnumerable());
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Points_computed_again_are_the_same_points(SampleLogEngine engine)
    {
        await using var database = await CreateAsync(engine);
        var log = await database.OpenAsync();
        var fence = await log.ClaimAsync(Press, default);
        Assert.True(await log.AppendFeatureAsync(Block(fence, [10, 20, 30], [1, 2, 3]), default));
        Assert.True(await log.AppendFeatureAsync(Block(fence, [10, 20, 30], [1, 2, 3]), default));
        Assert.True(await log.AppendFeatureAsync(Block(fence, [20, 30, 40], [2, 3, 4]), default)); // Another cut of the same series.
        Assert.True(await log.AppendFeatureAsync(Block(fence, [], []), default));
        Assert.True(await log.AppendFeatureAsync(Block(fence, [5], [9]) with { Feature = "other/one" }, default));

        var series = await log.ReadFeatureAsync(Press, new SampleQuery("health/t2"), default);
        Assert.Equal([10, 20, 30, 40], series.TimesUs);
        Assert.Equal([1, 2, 3, 4], series.Values);
        Assert.Equal([2, 4, 6, 8], series.Filtered);
        Assert.Equal([false, false, true, true], series.Exceeded);
        Assert.Equal([20, 30], (await log.ReadFeatureAsync(Press, new SampleQuery("health/t2", 11, 39), default)).TimesUs.AsEnumerable());
        Assert.True((await log.ReadFeatureAsync(Press, new SampleQuery("health/t2", PointsMax: 2), default)).More);
        await Assert.ThrowsAsync<ArgumentException>(async () => await log.AppendFeatureAsync(Block(fence, [1, 2], [1]), default));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task What_cannot_be_decoded_says_which_entry_it_is(SampleLogEngine engine)
    {
        await using var database = await CreateAsync(engine);
        var log = await database.OpenAsync();
        var fence = await log.ClaimAsync(Press, default);
        var position = (await log.AppendAsync(Entry(fence, 0), default)).Position;
        await log.AppendFeatureAsync(Block(fence, [10], [1]), default);
        await database.ExecuteAsync("UPDATE entry SET payload = substr(payload, 1, 9); UPDATE block SET payload = substr(payload, 1, 4)");
        var entry = await Assert.ThrowsAsync<InvalidDataException>(async () => await log.ReadSamplesAsync(Press, new SampleQuery("force"), default));
        Assert.Contains($"{Press}: the log entry at position {position}", entry.Message, StringComparison.Ordinal);
        var block = await Assert.ThrowsAsync<InvalidDataException>(async () => await log.ReadFeatureAsync(Press, new SampleQuery("health/t2"), default));
        Assert.Contains($"{Press}: the block of feature 'health/t2'", block.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_columns_survive_the_log_s_form() =>
        Gen.Select(Gen.String[0, 12], Gen.Long.Array[0, 40], Gen.Bool).List[0, 5].Sample(drawn =>
        {
            long[] shared = [];
            var columns = drawn.Select(column =>
            {
                shared = column.Item3 ? shared : column.Item2;
                return new SampleColumn(column.Item1, shared, [.. shared.Select(BitConverter.Int64BitsToDouble)]);
            }).ToArray();
            var back = SampleBatchCodec.Decode(SampleBatchCodec.Encode(columns));
            Assert.Equal(columns.Length, back.Length);
            for (var i = 0; i < columns.Length; i++)
            {
                Assert.Equal(System.Text.Encoding.UTF8.GetBytes(columns[i].Channel), System.Text.Encoding.UTF8.GetBytes(back[i].Channel));
                Assert.Equal(columns[i].TimesUs, back[i].TimesUs);
                Assert.Equal(columns[i].TimesUs, back[i].Values.Select(BitConverter.DoubleToInt64Bits));
            }
        });

    [Fact]
    public void Mutilated_bytes_are_told_so_and_nothing_worse()
    {
        var batch = Entry(1, 0, rows: 30).Payload.ToArray();
        var block = FeatureBlockCodec.Encode(Block(1, [.. Enumerable.Range(0, 30)], [.. Enumerable.Range(0, 30).Select(i => (double)i)]));
        Gen.Select(Gen.OneOfConst(batch, block), Gen.Int[0, 600], Gen.Byte, Gen.Int[0, 600]).Sample((bytes, at, put, length) =>
        {
            var broken = bytes[..Math.Min(bytes.Length, length)];
            if (at < broken.Length)
            {
                broken[at] = put;
            }

            Decode(() => SampleBatchCodec.Decode(broken));
            Decode(() => FeatureBlockCodec.Decode(broken));
        });

        static void Decode(Func<object> decode)
        {
            try
            {
                decode();
            }
            catch (InvalidDataException)
            {
                // What it is for. Any other exception fails the test.
            }
        }
    }

    [Fact]
    public void Merged_stretches_are_the_first_of_each_time_in_order() =>
        Gen.Select(Gen.Long[0, 40].Array[1, 12], Gen.Int[0, 40], Gen.Int[0, 40], Gen.Int[1, 20]).Select((times, from, to, max) => (times, from, to, max))
            .List[1, 8].Sample(drawn =>
            {
                var (_, from, to, max) = drawn[0];
                var stretches = drawn.Select((one, position) => (Position: (long)position, Times: one.times)).ToList();
                var merge = new SeriesMerge<(long, long)>(from, to, max);
                foreach (var (position, times) in stretches.OrderBy(stretch => stretch.Times.Min()))
                {
                    if (!merge.Settle(times.Min()))
                    {
                        break;
                    }

                    merge.Add(position, times, i => (position, times[i]));
                }

                merge.Settle(long.MaxValue);
                var oracle = stretches.SelectMany(stretch => stretch.Times.Select(time => (Time: time, stretch.Position)))
                    .Where(point => point.Time >= from && point.Time <= to)
                    .GroupBy(point => point.Time).OrderBy(time => time.Key)
                    .Select(time => (time.Min(point => point.Position), time.Key)).ToList();
                Assert.Equal(oracle.Take(max), merge.Points);
                Assert.Equal(oracle.Count > max, merge.More);
            });

    private static FeatureBlock Block(long fence, long[] times, double[] values) =>
        new(Press, fence, "health/t2", times, values, [.. values.Select(value => 2 * value)], [.. values.Select(value => value > 2)]);

    private static async Task AppendAsync(SampleLog log, long fence, long sequence, long[] times, double[] values) => await log.AppendAsync(
        new LogEntry(
            Press, fence, LogEntryKind.Samples, "plc", 1, sequence, SampleBatchCodec.Encode([new SampleColumn("force", times, values)]),
            times.Min(), times.Max(), times.Length, []),
        default);
}
