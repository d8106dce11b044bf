using System.Net;
using IndustrialTwin.Grid;

namespace IndustrialTwin.Sites;

/// <summary>Sites, lines, nodes and accelerators over HTTP.</summary>
public sealed class OverviewEndpointsTests(SharedHost shared) : IClassFixture<SharedHost>
{
    [Fact]
    public async Task Sites_carry_their_lines_and_roll_ups()
    {
        var answer = await shared.Http.JsonAsync("/api/v1/sites");
        Assert.Empty(answer.GetProperty("unreachable").EnumerateArray());
        var sites = answer.GetProperty("sites").EnumerateArray().ToArray();
        Assert.Equal(["leipzig", "wuhan"], sites.Select(site => site.GetProperty("site").GetString()));
        var wuhan = sites[1];
        Assert.Equal("Wuhan works", wuhan.GetProperty("title").GetString());
        Assert.Equal("critical", wuhan.GetProperty("health").GetString());
        Assert.InRange(wuhan.GetProperty("availability").GetDouble(), 0.5, 1);
        Assert.Equal(["wuhan/line-3", "wuhan/paint"], wuhan.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("line").GetString()));
    }

    [Fact]
    public async Task A_site_and_a_line_can_be_read_alone()
    {
        Assert.Equal("Leipzig works", (await shared.Http.JsonAsync("/api/v1/sites/leipzig")).GetProperty("title").GetString());
        var line = await shared.Http.JsonAsync("/api/v1/lines/wuhan/line-3");
        Assert.Equal(4, line.GetProperty("summary").GetProperty("machines").GetInt32());
        Assert.Equal(3, line.GetProperty("summary").GetProperty("machinesRunning").GetInt32());
        Assert.Contains(line.GetProperty("machines").EnumerateArray(), machine => machine.GetProperty("machine").GetString() == Example.Press);
    }

    [Fact]
    public async Task Nodes_and_accelerators_say_what_they_measured()
    {
        var nodes = (await shared.Http.JsonAsync("/api/v1/nodes")).GetProperty("nodes").EnumerateArray().ToArray();
        Assert.Equal(["edge", "site"], nodes.Select(node => node.GetProperty("tier").GetString()));
        Assert.Equal(["wuhan", "leipzig"], nodes.Select(node => node.GetProperty("site").GetString()));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, nodes[1].GetProperty("cpuLoad").ValueKind);

        var accelerators = (await shared.Http.JsonAsync("/api/v1/accelerators")).GetProperty("accelerators").EnumerateArray().ToArray();
        Assert.Equal(4, accelerators.Length);
        var broken = accelerators.Single(one => !one.GetProperty("isHealthy").GetBoolean());
        Assert.Equal("site-leipzig-1/opencl-0", broken.GetProperty("accelerator").GetString());
        Assert.StartsWith("CL_OUT_OF_RESOURCES", broken.GetProperty("lastError").GetString());
    }

    [Fact]
    public async Task Work_queues_say_what_waits_and_what_became_of_the_rest()
    {
        var queue = Assert.Single((await shared.Http.JsonAsync("/api/v1/queues")).GetProperty("queues").EnumerateArray());
        Assert.Equal("wuhan/power-spectrum.4096", queue.GetProperty("queue").GetString());
        Assert.Equal((12, 90_190), (queue.GetProperty("waiting").GetInt32(), queue.GetProperty("done").GetInt32()));
    }

    [Theory]
    [InlineData("/api/v1/sites/.hidden", "site", ".hidden")]
    [InlineData("/api/v1/sites/w%C3%BChan", "site", "wühan")]
    [InlineData("/api/v1/lines/wuhan/line%203", "line", "line 3")]
    [InlineData("/api/v1/alarms?site=a%2Fb", "site", "a/b")]
    public async Task A_malformed_key_is_named(string path, string field, string value)
    {
        var problem = await shared.Http.ProblemAsync(path, HttpStatusCode.BadRequest);
        Assert.Equal((field, value), (problem.Field, problem.Value));
        Assert.Contains("1 to 64 letters", problem.Expected);
    }

    [Fact]
    public async Task A_key_that_is_too_long_is_cut_in_the_answer()
    {
        var problem = await shared.Http.ProblemAsync($"/api/v1/sites/{new string('x', 4_000)}", HttpStatusCode.BadRequest);
        Assert.Equal("site", problem.Field);
        Assert.InRange(problem.Value!.Length, 65, 200);
    }

    [Theory]
    [InlineData("/api/v1/sites/nowhere", "site", "nowhere")]
    [InlineData("/api/v1/lines/nowhere/line-3", "site", "nowhere")]
    [InlineData("/api/v1/lines/wuhan/line-4", "line", "line-4")]
    [InlineData("/api/v1/alarms?site=nowhere", "site", "nowhere")]
    public async Task What_no_plant_file_declares_is_not_found(string path, string field, string value)
    {
        var problem = await shared.Http.ProblemAsync(path, HttpStatusCode.NotFound);
        Assert.Equal((field, value), (problem.Field, problem.Value));
        Assert.Contains("plant file", problem.Expected);
    }

    [Theory]
    [InlineData("GET", "/api/v1/")]
    [InlineData("GET", "/api/v1/machine/wuhan/line-3/press-07")]
    [InlineData("GET", "/api/v1/machines/wuhan/line-3")]
    [InlineData("DELETE", "/api/v1/sites")]
    [InlineData("GET", "/api/v1/machines/wuhan/line-3/press-07/alarms/x/acknowledge")]
    public async Task A_request_that_is_none_says_which_there_are(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), HttpAnswers.Relative(path));
        using var answer = await shared.Http.SendAsync(request);
        var problem = await answer.ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(("request", $"{method} {path}"), (problem.Field, problem.Value));
        Assert.Contains("machines", problem.Expected);
    }

    [Fact]
    public async Task Answers_are_kept_by_nobody_and_taken_for_nothing_else()
    {
        using var answer = await shared.Http.GetAsync(HttpAnswers.Relative("/api/v1/sites"));
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
    }
}
