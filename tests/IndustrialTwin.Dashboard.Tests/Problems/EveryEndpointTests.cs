using System.Net;
using System.Text;
using IndustrialTwin.Dashboard;
using IndustrialTwin.Grid;
using Microsoft.AspNetCore.Routing;

namespace IndustrialTwin.Problems;

/// <summary>What holds for every path of the API, whichever there are.</summary>
public sealed class EveryEndpointTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private static readonly Dictionary<string, string> Values = new()
    {
        ["site"] = "wuhan", ["line"] = "line-3", ["machine"] = "press-07", ["alarm"] = Uri.EscapeDataString(Example.PressAlarm), ["**path"] = "no/such/thing",
    };

    private IEnumerable<(HttpMethod Method, string Path)> Requests =>
        from endpoint in shared.Host.Endpoints
        let pattern = endpoint.RoutePattern.RawText!
        where pattern.StartsWith(DashboardHosting.ApiPrefix, StringComparison.Ordinal)
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST", "DELETE", "PUT"]
        select (new HttpMethod(method), string.Join('/', pattern.Split('/').Select(segment => segment.StartsWith('{') ? Values.GetValueOrDefault(segment[1..^1], "x") : segment)));

    [Fact]
    public async Task No_answer_of_the_api_is_kept_by_anybody()
    {
        var requests = Requests.ToList();
        Assert.True(requests.Count >= 18, $"{requests.Count}");
        foreach (var (method, path) in requests.Append((HttpMethod.Put, "/api/v1/sites")).Append((HttpMethod.Get, "/api/v1/nothing")))
        {
            using var request = new HttpRequestMessage(method, HttpAnswers.Relative(path));
            using var answer = await shared.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            Assert.True(answer.Headers.CacheControl is { NoStore: true }, $"{method} {path}: {answer.StatusCode}, Cache-Control is '{answer.Headers.CacheControl}'");
        }
    }

    [Fact]
    public async Task Every_command_refuses_a_member_that_it_does_not_know()
    {
        var commands = Requests.Where(request => request.Method == HttpMethod.Post && request.Path.Contains("/alarms/", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, commands.Count);

        // Of the session's two, one takes no body and the other is tried where one has to sign in.
        Assert.Equal(["/api/v1/no/such/thing", "/api/v1/session", "/api/v1/session/active"], Requests.Where(request => request.Method == HttpMethod.Post).Except(commands).Select(request => request.Path).Order());
        foreach (var (_, path) in commands)
        {
            using var body = new StringContent("""{"operator":"Li Wei","role":"administrator"}""", Encoding.UTF8, "application/json");
            using var answer = await shared.Http.PostAsync(HttpAnswers.Relative(path), body, TestContext.Current.CancellationToken);
            var (_, field, _, _, _) = await answer.ProblemAsync(HttpStatusCode.BadRequest);
            Assert.Equal("role", field);
        }
    }
}
