using System.Net;
using System.Text.Json;
using IndustrialTwin.Grid;

namespace IndustrialTwin.Machines;

public sealed class MachineEndpointsTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private const string Press = $"/api/v1/machines/{Example.Press}";

    [Fact]
    public async Task A_machine_shows_all_that_its_twin_knows()
    {
        var machine = await shared.Http.JsonAsync(Press);
        var summary = machine.GetProperty("summary");
        Assert.Equal(Example.Press, summary.GetProperty("machine").GetString());
        Assert.Equal(("critical", "running"), (summary.GetProperty("health").GetString(), summary.GetProperty("running").GetString()));
        Assert.Equal(["pressure", "flow", "oil temperature", "motor current"], machine.GetProperty("channels").EnumerateArray().Select(one => one.GetProperty("channel").GetString()));
        Assert.Equal(3, machine.GetProperty("alarms").GetArrayLength());
        Assert.Equal(48_211, machine.GetProperty("counts").GetProperty("batchesAccepted").GetInt64());
        Assert.Equal("edge-wuhan-2/cuda-0", machine.GetProperty("accelerator").GetString());
    }

    [Fact]
    public async Task A_declared_machine_without_samples_is_shown()
    {
        var machine = await shared.Http.JsonAsync("/api/v1/machines/leipzig/pumps/p-103");
        Assert.Equal("unknown", machine.GetProperty("summary").GetProperty("health").GetString());
        Assert.Equal(JsonValueKind.Null, machine.GetProperty("summary").GetProperty("availability").ValueKind);
    }

    [Fact]
    public async Task A_channel_is_read_in_stretches_without_a_gap()
    {
        var to = DateTimeOffset.UtcNow.AddMinutes(-1);
        var from = to.AddMinutes(-5);
        List<long> times = [];
        var next = Us(from);
        while (true)
        {
            var part = await shared.Http.JsonAsync($"{Press}/channels/pressure?from={next}&to={Uri.EscapeDataString(to.ToString("O"))}&max=100");
            var read = part.GetProperty("timesUs").EnumerateArray().Select(time => time.GetInt64()).ToArray();
            Assert.Equal(read.Length, part.GetProperty("values").GetArrayLength());
            times.AddRange(read);
            if (!part.GetProperty("more").GetBoolean())
            {
                break;
            }

            Assert.Equal(100, read.Length);
            next = read[^1] + 1;
        }

        Assert.InRange(times.Count, 300, 301);
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.Equal(1_000_000, pair.Second - pair.First));
        Assert.InRange(times[0], Us(from), Us(to));
    }

    [Theory]
    [InlineData("oil%20temperature")]
    [InlineData("motor current")]
    public async Task A_channel_s_name_may_hold_spaces(string name) =>
        Assert.NotEqual(0, (await shared.Http.JsonAsync($"{Press}/channels/{name}?max=5")).GetProperty("values").GetArrayLength());

    [Fact]
    public async Task A_feature_s_missing_points_are_null()
    {
        var feature = await shared.Http.JsonAsync($"{Press}/features/vibration/kurtosis?max=5");
        var values = feature.GetProperty("values").EnumerateArray().Select(value => value.ValueKind).ToArray();
        Assert.Equal([JsonValueKind.Null, JsonValueKind.Number, JsonValueKind.Number, JsonValueKind.Number, JsonValueKind.Number], values);
        Assert.Equal(5, feature.GetProperty("timesUs").GetArrayLength());
    }

    [Theory]
    [InlineData("channels/pressure?max=0", "max", "0")]
    [InlineData("channels/pressure?max=100001", "max", "100001")]
    [InlineData("channels/pressure?max=-5", "max", "-5")]
    [InlineData("channels/pressure?max=1e3", "max", "1e3")]
    [InlineData("channels/pressure?from=yesterday", "from", "yesterday")]
    [InlineData("channels/pressure?to=99999999999999999999", "to", "99999999999999999999")]
    [InlineData("channels/pressure?from=5&to=4", "from", "5")]
    [InlineData("features/vibration/rms?max=x", "max", "x")]
    public async Task A_wrong_stretch_is_named(string path, string field, string value)
    {
        var problem = await shared.Http.ProblemAsync($"{Press}/{path}", HttpStatusCode.BadRequest);
        Assert.Equal((Example.Press, field, value), (problem.Asset, problem.Field, problem.Value));
        Assert.NotEqual(string.Empty, problem.Expected);
        Assert.Contains(value, problem.Detail);
    }

    [Theory]
    [InlineData("channels/presure", "channel", "pressure, flow")]
    [InlineData("features/vibration/rsm", "feature", "vibration/rms")]
    public async Task A_series_that_is_none_says_which_there_are(string path, string field, string expected)
    {
        var problem = await shared.Http.ProblemAsync($"{Press}/{path}", HttpStatusCode.NotFound);
        Assert.Equal(field, problem.Field);
        Assert.Contains(expected, problem.Expected);
    }

    [Theory]
    [InlineData("nowhere/line-3/press-07", "site", "nowhere")]
    [InlineData("wuhan/line-3/press-99", "machine", "press-99")]
    public async Task An_unknown_machine_is_not_found_whatever_is_asked_of_it(string key, string field, string value)
    {
        foreach (var path in new[] { string.Empty, "/channels/pressure", "/features/vibration/rms", "/live" })
        {
            var problem = await shared.Http.ProblemAsync($"/api/v1/machines/{key}{path}", HttpStatusCode.NotFound);
            Assert.Equal((field, value), (problem.Field, problem.Value));
        }
    }

    [Fact]
    public async Task A_malformed_key_names_its_segment()
    {
        var problem = await shared.Http.ProblemAsync("/api/v1/machines/wuhan/line-3/press%2B07", HttpStatusCode.BadRequest);
        Assert.Equal(("machine", "press+07"), (problem.Field, problem.Value));
    }

    [Fact]
    public async Task A_name_that_is_too_long_is_refused_before_a_twin_is_asked()
    {
        var problem = await shared.Http.ProblemAsync($"{Press}/channels/{new string('x', 129)}", HttpStatusCode.BadRequest);
        Assert.Equal(("channel", "1 to 128 printable characters"), (problem.Field, problem.Expected));
    }

    private static long Us(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
