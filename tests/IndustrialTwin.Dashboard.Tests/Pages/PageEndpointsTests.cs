using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using IndustrialTwin.Grid;

namespace IndustrialTwin.Pages;

/// <summary>The page's files: what they may do, and how they are kept.</summary>
public sealed partial class PageEndpointsTests(SharedHost shared) : IClassFixture<SharedHost>
{
    public static TheoryData<string> Paths => [.. PageFiles.All.Keys.Order()];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Every_file_may_do_only_what_the_page_needs(string path)
    {
        using var answer = await shared.Http.GetAsync(HttpAnswers.Relative(path == "index.html" ? "/" : $"/{path}"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single().Split("; ");
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("script-src 'self'", policy);
        Assert.Contains("style-src 'self'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.DoesNotContain(policy, rule => rule.Contains("unsafe", StringComparison.Ordinal) || rule.Contains('*', StringComparison.Ordinal));
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("same-origin", answer.Headers.GetValues("Cross-Origin-Opener-Policy").Single());
        Assert.True(answer.Headers.CacheControl?.NoCache);
        Assert.Equal(PageFiles.All[path].ContentType, answer.Content.Headers.ContentType?.ToString());
        Assert.Equal(PageFiles.All[path].Bytes, await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void No_file_reads_text_as_code_or_as_html(string path)
    {
        var text = System.Text.Encoding.UTF8.GetString(PageFiles.All[path].Bytes);
        Assert.DoesNotMatch(InlineCode(), text);
        Assert.All(References().Matches(text).Select(match => match.Groups[1].Value), reference =>
            Assert.Contains(Resolve(path, reference), PageFiles.All.Keys));
    }

    [Fact]
    public async Task A_file_that_is_known_is_not_sent_again()
    {
        var tag = PageFiles.All["app.css"].Tag;
        using var request = new HttpRequestMessage(HttpMethod.Get, HttpAnswers.Relative("/app.css"));
        request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        using var answer = await shared.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
        Assert.Equal(tag, answer.Headers.ETag?.Tag);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("br", true)]
    [InlineData("gzip, br;q=0.5", true)]
    [InlineData("br;q=0", false)]
    [InlineData("gzip", false)]
    public async Task A_file_is_compressed_for_who_asks_for_it(string encodings, bool isCompressed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, HttpAnswers.Relative("/js/app.js"));
        request.Headers.TryAddWithoutValidation("Accept-Encoding", encodings);
        using var answer = await shared.Http.SendAsync(request);
        Assert.Equal(isCompressed, answer.Content.Headers.ContentEncoding.Contains("br"));
        Assert.Contains("Accept-Encoding", answer.Headers.Vary);
        await using var body = await answer.Content.ReadAsStreamAsync();
        using var plain = new MemoryStream();
        await (isCompressed ? new BrotliStream(body, CompressionMode.Decompress) : body).CopyToAsync(plain);
        Assert.Equal(PageFiles.All["js/app.js"].Bytes, plain.ToArray());
    }

    [Theory]
    [InlineData("/nothing.js")]
    [InlineData("/js/..%2F..%2Fappsettings.json")]
    [InlineData("/wwwroot/app.css")]
    public async Task Nothing_else_is_served(string path)
    {
        using var answer = await shared.Http.GetAsync(HttpAnswers.Relative(path));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("[::1]", true)]
    [InlineData("attacker.example", false)]
    public async Task Only_this_computer_s_own_names_are_answered(string host, bool isAnswered)
    {
        // The silo's shipped settings: a page elsewhere that points its own name to this address gets nothing.
        foreach (var path in new[] { "/", "/api/v1/sites" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, HttpAnswers.Relative(path));
            request.Headers.Host = $"{host}:{shared.Host.Address.Port}";
            using var answer = await shared.Http.SendAsync(request);
            Assert.Equal(isAnswered ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }

    private static string Resolve(string from, string reference) =>
        new Uri(new Uri($"http://page/{from}"), reference).AbsolutePath[1..];

    [GeneratedRegex(@"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=""|javascript:", RegexOptions.IgnoreCase)]
    private static partial Regex InlineCode();

    [GeneratedRegex("(?:\\bfrom '|<script[^>]+src=\"|<link[^>]+href=\"|<img[^>]+src=\")([^'\"#]+)")]
    private static partial Regex References();
}
