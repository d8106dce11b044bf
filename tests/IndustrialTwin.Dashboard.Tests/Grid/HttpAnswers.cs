using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace IndustrialTwin.Grid;

/// <summary>Reads the API's answers and fails with what it said where the answer is another than expected.</summary>
internal static class HttpAnswers
{
    public static async Task<JsonElement> JsonAsync(this HttpClient http, string path)
    {
        using var answer = await http.GetAsync(Relative(path));
        return await answer.JsonAsync();
    }

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer, HttpStatusCode status = HttpStatusCode.OK)
    {
        Assert.True(answer.StatusCode == status, $"{answer.RequestMessage?.RequestUri}: {answer.StatusCode}, {await answer.Content.ReadAsStringAsync()}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>An RFC 9457 problem with the asset, the field, the value and what was expected.</summary>
    public static async Task<(string Asset, string Field, string? Value, string Expected, string Detail)> ProblemAsync(this HttpResponseMessage answer, HttpStatusCode status)
    {
        var problem = await answer.JsonAsync(status);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.NotEqual(string.Empty, problem.GetProperty("title").GetString());
        Assert.True(answer.Headers.CacheControl?.NoStore);
        return (Text("asset")!, Text("field")!, Text("value"), Text("expected")!, Text("detail")!);

        string? Text(string name) => problem.GetProperty(name).GetString();
    }

    public static async Task<(string Asset, string Field, string? Value, string Expected, string Detail)> ProblemAsync(
        this HttpClient http, string path, HttpStatusCode status)
    {
        using var answer = await http.GetAsync(Relative(path));
        return await answer.ProblemAsync(status);
    }

    public static Task<HttpResponseMessage> PostJsonAsync(this HttpClient http, string path, string body) =>
        http.PostAsync(Relative(path), new StringContent(body, Encoding.UTF8, "application/json"));

    public static Uri Relative(string path) => new(path, UriKind.Relative);
}
