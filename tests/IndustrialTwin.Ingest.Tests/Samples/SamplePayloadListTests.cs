using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using IndustrialTwin.Machines;

namespace IndustrialTwin.Samples;

/// <summary>Long lists are read another way than short ones; nobody may be able to tell.</summary>
public sealed class SamplePayloadListTests
{
    private static readonly MachineKey Machine = MachineKey.Parse("wuhan/line-3/press-07");

    private static readonly Gen<string> Number = Gen.OneOf(
        Gen.Double.Where(double.IsFinite).Select(value => value.ToString("R", CultureInfo.InvariantCulture)),
        Gen.Select(Gen.Long[-9_007_199_254_740_993, 9_007_199_254_740_993], Gen.Int[0, 24], (digits, places) => Decimal(digits, places)),
        Gen.Select(Gen.Long[-100_000, 100_000], Gen.Int[0, 6], (digits, places) => Decimal(digits, places)),
        Gen.OneOfConst("0", "-0", "-0.0", "0.10", "1e3", "1E-5", "9007199254740991", "9007199254740992", "9007199254740993", "0.1234567890123456789012"));

    private static readonly Gen<string> Space = Gen.OneOfConst("", "", " ", "\n\t ", "\r");

    [Fact]
    public void Numbers_are_read_as_the_library_reads_them() =>
        Gen.Select(Number.Array[1, 60], Space, Space).Sample((numbers, before, after) =>
        {
            var list = "[" + string.Join(",", numbers.Select(number => before + number + after)) + "]";
            var read = Read("""{"epoch":1,"sequence":0,"startUs":0,"stepUs":1,"channels":{"a":""" + list + ",\"b\":" + list + "}}");
            var expected = JsonSerializer.Deserialize<double[]>(list)!;
            Assert.True(read.IsGood, read.Detail);
            foreach (var column in read.Batch!.Columns)
            {
                Assert.Equal(expected.Select(BitConverter.DoubleToInt64Bits), column.Values.Select(BitConverter.DoubleToInt64Bits));
            }
        });

    [Fact]
    public void Times_are_read_as_the_library_reads_them() =>
        Gen.Select(Gen.OneOf(Gen.Long, Gen.Long[1_700_000_000_000_000, 1_700_000_001_000_000]).Array[1, 60], Space).Sample((times, space) =>
        {
            var list = string.Join("," + space, times);
            var read = Read("""{"epoch":1,"sequence":0,"timesUs":[""" + list + "],\"channels\":{\"a\":[" + string.Join(",", times.Select(_ => "1")) + "]}}");
            Assert.True(read.IsGood, read.Detail);
            Assert.Equal(times, read.Batch!.Columns[0].TimesUs);
        });

    [Theory]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData("1 2")]
    [InlineData("1,")]
    [InlineData("true")]
    [InlineData("\"1\"")]
    public void What_is_no_number_is_refused_at_its_place(string wrong)
    {
        var good = string.Join(",", Enumerable.Range(0, 40).Select(i => $"{i}.5"));
        foreach (var list in new[] { $"[{good},{wrong}]", $"[{wrong},{good}]", $"[{good}],\"b\":[{good},{wrong}]", $"[{good},{wrong},{good}]" })
        {
            var text = """{"epoch":1,"sequence":0,"startUs":0,"stepUs":1,"channels":{"a":""" + list + "}}";
            var read = Read(text);
            Assert.False(read.IsGood);
            var at = int.Parse(read.Detail!.Split("at byte ")[1].TrimEnd('.'), CultureInfo.InvariantCulture);
            Assert.InRange(at, text.IndexOf(wrong, text.IndexOf("\"a\"", StringComparison.Ordinal), StringComparison.Ordinal) - 1, text.Length);
        }
    }

    [Fact]
    public void A_list_that_never_ends_is_refused()
    {
        var text = """{"epoch":1,"sequence":0,"startUs":0,"stepUs":1,"channels":{"a":[""" + string.Join(",", Enumerable.Repeat("1.25", 100));
        Assert.False(Read(text).IsGood);
        Assert.False(Read(text + ",").IsGood);
        Assert.False(Read(text + "]").IsGood);
        Assert.False(Read(text + "]]").IsGood);
        Assert.False(Read(text + "}}").IsGood);
        Assert.True(Read(text + "]}}").IsGood);
        Assert.False(Read(text + "]}}}").IsGood);
    }

    private static SamplePayloadReply Read(string text) => SamplePayload.Read(Machine, Encoding.UTF8.GetBytes(text));

    private static string Decimal(long digits, int places)
    {
        var text = Math.Abs(digits).ToString(CultureInfo.InvariantCulture).PadLeft(places + 1, '0');
        return (digits < 0 ? "-" : "") + (places == 0 ? text : text[..^places] + "." + text[^places..]);
    }
}
