using System.Text;
using CsCheck;
using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;

namespace IndustrialTwin.Samples;

public sealed class SamplePayloadTests
{
    private static readonly MachineKey Machine = MachineKey.Parse("wuhan/line-3/press-07");

    private static readonly Gen<long[]> Regular =
        from start in Gen.Long[0, 2_000_000_000_000_000]
        from step in Gen.Double[0.5, 2_000_000]
        from count in Gen.Int[0, 300]
        select Enumerable.Range(0, count).Select(i => start + (long)Math.Round(i * step)).ToArray();

    private static readonly Gen<long[]> Times = Gen.OneOf(Regular, Gen.Long.Array[0, 40]);

    private static readonly Gen<double> Value = Gen.OneOf(
        Gen.Double.Where(v => !double.IsNaN(v)), Gen.Double[-1000, 1000], Gen.Const(double.PositiveInfinity), Gen.Const(double.NegativeInfinity));

    private static readonly Gen<SampleBatch> Batch =
        from source in Gen.String[1, 20].Where(IsText)
        from epoch in Gen.Long
        from sequence in Gen.Long
        from shared in Times
        from names in Gen.String[1, 20].Where(IsText).ArrayUnique[0, 5]
        from own in Times.Array[names.Length]
        from isShared in Gen.Bool.Array[names.Length]
        from values in Value.Array[300].Array[names.Length]
        select new SampleBatch(
            Machine,
            source,
            epoch,
            sequence,
            [.. names.Select((name, c) => Column(name, isShared[c] ? shared : own[c], values[c]))]);

    [Fact]
    public void Every_batch_comes_back_as_it_was_written() => Batch.Sample(
        batch =>
        {
            var reply = SamplePayload.Read(Machine, SamplePayload.Write(batch));
            Assert.True(reply.IsGood, reply.Detail);
            AssertEqual(batch, reply.Batch);
        },
        iter: 2_000);

    [Fact]
    public void A_payload_cut_anywhere_is_answered_with_a_reason() => Batch.Sample(
        batch =>
        {
            var payload = SamplePayload.Write(batch);
            for (var length = 0; length < payload.Length; length += Math.Max(1, payload.Length / 200))
            {
                AssertRefused(SamplePayload.Read(Machine, payload.AsSpan(0, length)));
            }
        },
        iter: 100);

    [Fact]
    public void Any_bytes_are_answered() =>
        Gen.Byte.Array[0, 200].Sample(bytes => AssertRefused(SamplePayload.Read(Machine, bytes)), iter: 20_000);

    [Fact]
    public void A_payload_with_changed_bytes_is_read_or_answered_with_a_reason() =>
        Gen.Select(Batch, Gen.Select(Gen.Int[0, int.MaxValue], Gen.Byte).Array[1, 4]).Sample(
            (batch, changes) =>
            {
                var payload = SamplePayload.Write(batch);
                foreach (var (at, value) in changes)
                {
                    payload[at % payload.Length] = value;
                }

                var reply = SamplePayload.Read(Machine, payload);
                Assert.True(reply.IsGood || (Enum.IsDefined(reply.Reason.Value) && reply.Detail.Contains("wuhan/line-3/press-07")));
            },
            iter: 5_000);

    [Fact]
    public void Regular_times_are_written_short_and_columns_share_one_array()
    {
        var times = Enumerable.Range(0, 512).Select(i => 1_700_000_000_000_000L + (long)Math.Round(i * 39.0625)).ToArray();
        var values = new double[512];
        var payload = SamplePayload.Write(new SampleBatch(Machine, "device", 1, 42, [new("a", times, values), new("b", times, values)]));
        var text = Encoding.UTF8.GetString(payload);
        Assert.Contains("\"startUs\":1700000000000000,\"stepUs\":39.0625", text);
        Assert.DoesNotContain("timesUs", text);
        var batch = SamplePayload.Read(Machine, payload).Batch!;
        Assert.Same(batch.Columns[0].TimesUs, batch.Columns[1].TimesUs);
        Assert.Equal(times, batch.Columns[0].TimesUs);
    }

    [Fact]
    public void Null_means_no_sample_and_members_may_come_in_any_order()
    {
        var reply = Read(
            """
            {"channels":{"p":[null,1.5,null],"q":[1,2,3],"r":{"values":[7,null],"stepUs":2.5,"startUs":10,"count":2}},
             "timesUs":[1,2,3],"sequence":4,"epoch":5}
            """);
        var batch = reply.Batch!;
        Assert.Equal(("device", 5, 4, 5), (batch.Source, batch.Epoch, batch.Sequence, batch.SampleCount));
        Assert.Equal([2L], batch.Columns[0].TimesUs);
        Assert.Equal([1.5], batch.Columns[0].Values);
        Assert.Equal([1L, 2, 3], batch.Columns[1].TimesUs);
        Assert.Equal([10L], batch.Columns[2].TimesUs);
    }

    [Fact]
    public void A_number_beyond_a_double_stays_in_as_infinite()
    {
        var batch = Read("""{"epoch":1,"sequence":0,"timesUs":[1,2],"channels":{"p":[1e999,-1e999]}}""").Batch!;
        Assert.Equal([double.PositiveInfinity, double.NegativeInfinity], batch.Columns[0].Values);
    }

    [Theory]
    [InlineData("", QuarantineReason.MalformedJson, "byte 0")]
    [InlineData("[]", QuarantineReason.InvalidSchema, "found a list, expected an object")]
    [InlineData("{", QuarantineReason.MalformedJson, "byte 1")]
    [InlineData("""{"epoch":1,"sequence":2,"channels":{}} x""", QuarantineReason.MalformedJson, "payload")]
    [InlineData("""{"epoch":1,"sequence":2}""", QuarantineReason.InvalidSchema, "channels: found nothing")]
    [InlineData("""{"sequence":2,"channels":{}}""", QuarantineReason.InvalidSchema, "epoch: found nothing")]
    [InlineData("""{"epoch":1,"channels":{}}""", QuarantineReason.InvalidSchema, "sequence: found nothing")]
    [InlineData("""{"epoch":1,"epoch":1,"sequence":2,"channels":{}}""", QuarantineReason.InvalidSchema, "epoch: found a second one")]
    [InlineData("""{"epoch":1.5,"sequence":2,"channels":{}}""", QuarantineReason.InvalidSchema, "found 1.5, expected an integer")]
    [InlineData("""{"epoch":1,"sequence":"2","channels":{}}""", QuarantineReason.InvalidSchema, "found '2', expected an integer")]
    [InlineData("""{"epoch":1,"sequence":2,"channels":{},"unit":"bar"}""", QuarantineReason.InvalidSchema, "batch/unit: found an unknown member")]
    [InlineData("""{"epoch":1,"sequence":2,"channels":{"p":[1]}}""", QuarantineReason.InvalidSchema, "channels/p: found no times")]
    [InlineData("""{"epoch":1,"sequence":2,"timesUs":[1],"channels":{"p":[1,2]}}""", QuarantineReason.InvalidSchema, "found 2 values, expected 1")]
    [InlineData("""{"epoch":1,"sequence":2,"timesUs":[1],"startUs":1,"channels":{"p":[1]}}""", QuarantineReason.InvalidSchema, "contradicting")]
    [InlineData("""{"epoch":1,"sequence":2,"startUs":1,"channels":{"p":[1]}}""", QuarantineReason.InvalidSchema, "incomplete")]
    [InlineData("""{"epoch":1,"sequence":2,"startUs":1,"stepUs":0,"channels":{"p":[1]}}""", QuarantineReason.InvalidSchema, "above 0")]
    [InlineData("""{"epoch":1,"sequence":2,"startUs":1,"stepUs":1e300,"channels":{"p":[1]}}""", QuarantineReason.InvalidSchema, "within 64 bits")]
    [InlineData("""{"epoch":1,"sequence":2,"startUs":1,"stepUs":1,"count":-1,"channels":{}}""", QuarantineReason.InvalidSchema, "count: found -1")]
    [InlineData("""{"epoch":1,"sequence":2,"startUs":1,"stepUs":1,"channels":{"p":[1],"q":[1,2]}}""", QuarantineReason.InvalidSchema, "channels/q")]
    [InlineData("""{"epoch":1,"sequence":2,"timesUs":[1],"channels":{"p":["1"]}}""", QuarantineReason.InvalidSchema, "channels/p/0: found '1'")]
    [InlineData("""{"epoch":1,"sequence":2,"timesUs":[1],"channels":{"p":[[1]]}}""", QuarantineReason.InvalidSchema, "channels/p/0: found a list")]
    [InlineData("""{"epoch":1,"sequence":2,"timesUs":[1],"channels":{"p":[1],"p":[1]}}""", QuarantineReason.InvalidSchema, "channels/p: found a second")]
    [InlineData("""{"epoch":1,"sequence":2,"timesUs":[1],"channels":{"":[1]}}""", QuarantineReason.InvalidSchema, "1 to 64 characters")]
    [InlineData("""{"epoch":1,"sequence":2,"timesUs":[1],"channels":{"\ud800":[1]}}""", QuarantineReason.InvalidSchema, "1 to 64 characters")]
    [InlineData("""{"epoch":1,"sequence":2,"timesUs":[1.5],"channels":{}}""", QuarantineReason.InvalidSchema, "timesUs/0: found 1.5")]
    [InlineData("""{"epoch":1,"sequence":2,"timesUs":[9223372036854775808],"channels":{}}""", QuarantineReason.InvalidSchema, "timesUs/0")]
    [InlineData("""{"epoch":1,"sequence":2,"timesUs":[1],"channels":{"p":[NaN]}}""", QuarantineReason.MalformedJson, "payload")]
    public void Bad_payloads_are_answered_with_their_reason(string payload, QuarantineReason reason, string detail)
    {
        var reply = Read(payload);
        Assert.Equal(reason, reply.Reason);
        Assert.Contains(detail, reply.Detail);
        Assert.Contains("wuhan/line-3/press-07", reply.Detail);
    }

    [Fact]
    public void Bytes_that_are_no_utf8_are_told_apart_with_their_position()
    {
        byte[] payload = [.. "{\"a\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        var reply = SamplePayload.Read(Machine, payload);
        Assert.Equal(QuarantineReason.InvalidUtf8, reply.Reason);
        Assert.Contains("at byte 6", reply.Detail);
    }

    [Fact]
    public void Sizes_over_a_limit_are_too_large()
    {
        Assert.Equal(QuarantineReason.TooLarge, SamplePayload.Read(Machine, new byte[SamplePayload.PayloadBytesMax + 1]).Reason);
        var values = string.Join(',', Enumerable.Repeat("1", SamplePayload.SamplesMax));
        Assert.True(Read($$$"""{"epoch":1,"sequence":2,"startUs":1,"stepUs":1,"channels":{"p":[{{{values}}}]}}""").IsGood);
        Assert.Equal(
            QuarantineReason.TooLarge, Read($$$"""{"epoch":1,"sequence":2,"startUs":1,"stepUs":1,"channels":{"p":[{{{values}}},1]}}""").Reason);
        Assert.Equal(QuarantineReason.TooLarge, Read($$$"""{"epoch":1,"sequence":2,"timesUs":[{{{values}}},1],"channels":{}}""").Reason);
        var channels = string.Join(',', Enumerable.Range(0, SamplePayload.ColumnsMax).Select(c => $"\"c{c}\":[]"));
        Assert.True(Read($$$"""{"epoch":1,"sequence":2,"timesUs":[],"channels":{{{{channels}}}}}""").IsGood);
        Assert.Equal(QuarantineReason.TooLarge, Read($$$"""{"epoch":1,"sequence":2,"timesUs":[],"channels":{{{{channels}}},"x":[]}}""").Reason);
    }

    [Fact]
    public void What_has_no_payload_is_not_written()
    {
        Assert.Throws<ArgumentException>(() => SamplePayload.Write(new SampleBatch(Machine, "device", 0, 0, [new("p", [1], [double.NaN])])));
        Assert.Throws<ArgumentException>(() => SamplePayload.Write(new SampleBatch(Machine, "device", 0, 0, [new("p", [1], [])])));
        Assert.Throws<ArgumentException>(() => SamplePayload.Write(new SampleBatch(Machine, "device", 0, 0, [new("p", [], []), new("p", [], [])])));
        Assert.Throws<ArgumentException>(() => SamplePayload.Write(new SampleBatch(Machine, "", 0, 0, [])));
    }

    private static bool IsText(string text) => text.EnumerateRunes().All(rune => rune != System.Text.Rune.ReplacementChar);

    private static SampleColumn Column(string name, long[] times, double[] values)
    {
        var count = Math.Min(times.Length, values.Length);
        return new SampleColumn(name, count == times.Length ? times : times[..count], values[..count]);
    }

    private static SamplePayloadReply Read(string payload) => SamplePayload.Read(Machine, Encoding.UTF8.GetBytes(payload));

    private static void AssertRefused(SamplePayloadReply reply)
    {
        Assert.False(reply.IsGood);
        Assert.True(Enum.IsDefined(reply.Reason.Value));
        Assert.Contains("wuhan/line-3/press-07", reply.Detail);
    }

    private static void AssertEqual(SampleBatch expected, SampleBatch actual)
    {
        Assert.Equal(
            (expected.Machine, expected.Source, expected.Epoch, expected.Sequence, expected.Columns.Length),
            (actual.Machine, actual.Source, actual.Epoch, actual.Sequence, actual.Columns.Length));
        foreach (var (left, right) in expected.Columns.Zip(actual.Columns))
        {
            Assert.Equal(left.Channel, right.Channel);
            Assert.Equal(left.TimesUs, right.TimesUs);
            Assert.Equal(left.Values, right.Values);
        }
    }
}
