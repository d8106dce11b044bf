using System.Net;
using System.Text;
using IndustrialTwin.Grid;

namespace IndustrialTwin.Alarms;

public sealed class AlarmEndpointsTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private const string Press = $"/api/v1/machines/{Example.Press}/alarms";
    private const string Feeder = "/api/v1/machines/wuhan/line-3/feeder-02/alarms";
    private const string Good = """{"operator":"Li Wei"}""";

    [Fact]
    public async Task Alarms_come_by_urgency_and_without_the_normal_ones()
    {
        var alarms = (await shared.Http.JsonAsync("/api/v1/alarms")).GetProperty("alarms").EnumerateArray().ToArray();
        Assert.DoesNotContain(alarms, alarm => alarm.GetProperty("condition").GetString() == "normal");
        string[] order = ["unacknowledged", "acknowledged", "returnedToNormal", "shelved"];
        var ranks = alarms.Select(alarm => Array.IndexOf(order, alarm.GetProperty("condition").GetString())).ToArray();
        Assert.Equal(ranks.Order(), ranks);
        Assert.Equal("leipzig", (await shared.Http.JsonAsync("/api/v1/alarms?site=leipzig")).GetProperty("alarms")[0].GetProperty("machine").GetString()![..7]);
    }

    [Fact]
    public async Task Acknowledging_reaches_the_twin_with_who_did_it()
    {
        await using var host = await DashboardHost.StartAsync();
        using var answer = await host.Http.PostJsonAsync(
            $"{Press}/bearing%20wear/acknowledge", """{"operator":"  Li Wei ","comment":"on my way"}""");
        var alarm = await answer.JsonAsync();
        Assert.Equal(("acknowledged", "Li Wei"), (alarm.GetProperty("condition").GetString(), alarm.GetProperty("acknowledgedBy").GetString()));
        Assert.Equal([new AlarmCommand(Example.PressAlarm, AlarmAction.Acknowledge, "Li Wei", "on my way")], host.Plant.Commands);

        // A second time there is nothing to acknowledge: the twin's own words come back.
        using var again = await host.Http.PostJsonAsync($"{Press}/bearing%20wear/acknowledge", Good);
        Assert.Contains("nothing to acknowledge", (await again.ProblemAsync(HttpStatusCode.Conflict)).Detail);
    }

    [Fact]
    public async Task Shelving_takes_its_time_and_unshelving_none()
    {
        await using var host = await DashboardHost.StartAsync();
        using (var shelved = await host.Http.PostJsonAsync($"{Feeder}/current%20high/shelve", """{"operator":"Eva","minutes":30,"comment":null}"""))
        {
            Assert.Equal("shelved", (await shelved.JsonAsync()).GetProperty("condition").GetString());
        }

        using (var back = await host.Http.PostJsonAsync($"{Feeder}/current%20high/unshelve", """{"operator":"Eva"}"""))
        {
            await back.JsonAsync();
        }

        Assert.Equal(
            [
                new AlarmCommand("current high", AlarmAction.Shelve, "Eva", null, TimeSpan.FromMinutes(30)),
                new AlarmCommand("current high", AlarmAction.Unshelve, "Eva"),
            ],
            host.Plant.Commands);
    }

    [Theory]
    [InlineData("acknowledge", "{}", "operator")]
    [InlineData("acknowledge", """{"operator":"   "}""", "operator")]
    [InlineData("acknowledge", """{"operator":"a\u0000b"}""", "operator")]
    [InlineData("acknowledge", """{"operator":5}""", "operator")]
    [InlineData("acknowledge", """{"operator":"Eva","minutes":5}""", "minutes")]
    [InlineData("acknowledge", """{"operator":"Eva","reason":"x"}""", "reason")]
    [InlineData("acknowledge", """{"operator":"Eva" """, "body")]
    [InlineData("acknowledge", "null", "body")]
    [InlineData("acknowledge", "", "body")]
    [InlineData("acknowledge", "[]", "body")]
    [InlineData("shelve", """{"operator":"Eva"}""", "minutes")]
    [InlineData("shelve", """{"operator":"Eva","minutes":0}""", "minutes")]
    [InlineData("shelve", """{"operator":"Eva","minutes":10081}""", "minutes")]
    [InlineData("shelve", """{"operator":"Eva","minutes":"30"}""", "minutes")]
    [InlineData("unshelve", """{"operator":"Eva","minutes":30}""", "minutes")]
    public async Task A_wrong_command_names_its_field_and_reaches_no_twin(string verb, string body, string field)
    {
        var before = shared.Host.Plant.Commands.Count;
        using var answer = await shared.Http.PostJsonAsync($"{Press}/bearing%20wear/{verb}", body);
        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal((Example.Press, field), (problem.Asset, problem.Field));
        Assert.NotEqual(string.Empty, problem.Expected);
        Assert.Equal(before, shared.Host.Plant.Commands.Count);
    }

    [Theory]
    [InlineData("operator", 129)]
    [InlineData("comment", 1_025)]
    public async Task A_text_that_is_too_long_is_refused(string field, int length)
    {
        var text = new string('x', length);
        using var answer = await shared.Http.PostJsonAsync(
            $"{Press}/bearing%20wear/acknowledge", field == "operator" ? $$"""{"operator":"{{text}}"}""" : $$"""{"operator":"Eva","comment":"{{text}}"}""");
        Assert.Equal(field, (await answer.ProblemAsync(HttpStatusCode.BadRequest)).Field);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_its_limit_is_refused_with_or_without_a_length(bool isChunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, HttpAnswers.Relative($"{Press}/bearing%20wear/acknowledge"))
        {
            Content = new StringContent($$"""{"operator":"Eva","comment":"{{new string('x', 9_000)}}"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.TransferEncodingChunked = isChunked;
        using var answer = await shared.Http.SendAsync(request);
        Assert.Equal("body", (await answer.ProblemAsync(HttpStatusCode.RequestEntityTooLarge)).Field);
    }

    [Fact]
    public async Task Truncated_utf8_and_deep_json_are_errors_of_the_caller()
    {
        byte[] truncated = [.. "{\"operator\":\""u8, 0xE6, 0x9D, .. "\"}"u8];
        var deep = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"operator\":", 100)));
        foreach (var body in new[] { truncated, deep })
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new("application/json");
            using var answer = await shared.Http.PostAsync(HttpAnswers.Relative($"{Press}/bearing%20wear/acknowledge"), content);
            await answer.ProblemAsync(HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task Only_json_is_taken()
    {
        using var content = new StringContent(Good, Encoding.UTF8, "text/plain");
        using var answer = await shared.Http.PostAsync(HttpAnswers.Relative($"{Press}/bearing%20wear/acknowledge"), content);
        Assert.Equal("Content-Type", (await answer.ProblemAsync(HttpStatusCode.UnsupportedMediaType)).Field);
    }

    [Theory]
    [InlineData("cross-site", true)]
    [InlineData("same-site", true)]
    [InlineData("same-origin", false)]
    [InlineData("none", false)]
    public async Task Another_site_s_page_commands_nothing(string origin, bool isForeign)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, HttpAnswers.Relative($"{Press}/no%20such/acknowledge"))
        {
            Content = new StringContent(Good, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Sec-Fetch-Site", origin);
        using var answer = await shared.Http.SendAsync(request);
        var problem = await answer.ProblemAsync(isForeign ? HttpStatusCode.Forbidden : HttpStatusCode.NotFound);
        Assert.Equal(isForeign ? "Sec-Fetch-Site" : "alarm", problem.Field);
    }

    [Fact]
    public async Task An_alarm_that_is_none_says_which_there_are()
    {
        using var answer = await shared.Http.PostJsonAsync($"{Press}/bearing%2Fwear/acknowledge", Good);
        var problem = await answer.ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(("alarm", "bearing/wear"), (problem.Field, problem.Value));
        Assert.Contains("bearing wear, oil temperature, stroke pressure", problem.Expected);
    }

    [Fact]
    public async Task A_list_over_its_limit_says_that_there_is_more()
    {
        await using var host = await DashboardHost.StartAsync(configure: options => options.AlarmsMax = 2);
        var answer = await host.Http.JsonAsync("/api/v1/alarms");
        Assert.Equal(2, answer.GetProperty("alarms").GetArrayLength());
        Assert.True(answer.GetProperty("more").GetBoolean());
        Assert.Equal("unacknowledged", answer.GetProperty("alarms")[0].GetProperty("condition").GetString());
    }
}
