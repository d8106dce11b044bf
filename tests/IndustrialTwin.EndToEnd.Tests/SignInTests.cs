using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using IndustrialTwin.Certificates;
using IndustrialTwin.Identities;
using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>Signing in at a real silo whose HTTP is encrypted.</summary>
public sealed class SignInTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Notice = "Property of the plant.\nWho uses it is recorded. <b>No markup.</b>";
    private const int SignInsPerMinuteMax = 25;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(4);

    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _certificates = new();
    private SiloProcess _silo = null!;
    private string _admin = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var authority = CertificateAuthority.Create("plant authority", now, TimeSpan.FromDays(2));
        authority.Silo("industrialtwin", ["localhost", "127.0.0.1"], now, TimeSpan.FromDays(1)).Save(_certificates.Path);
        _silo = new SiloProcess(
            _folder.Path, output, ("Security__Access", "Required"), ("Security__RefreshInterval", "00:00:00.5"), ("Urls", "https://127.0.0.1:0"), ("Certificates__Folder", _certificates.Path),
            ("Dashboard__SignInsPerMinuteMax", $"{SignInsPerMinuteMax}"), ("Dashboard__SessionIdleMax", $"{Idle}"), ("Dashboard__Notice", Notice));
        _admin = await _silo.KeyAsync();
        await _silo.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        _folder.Dispose();
        _certificates.Dispose();
    }

    [Fact]
    public async Task Over_tls_the_cookie_is_this_host_s_alone_and_the_owner_s_notice_comes_before()
    {
        using var http = Browser();
        var before = await http.GetFromJsonAsync<JsonObject>(Path("session"), Cancelled);
        Assert.Equal(Notice, (string?)before!["notice"]);
        var cookie = await BeginAsync(http, _admin);
        Assert.StartsWith("__Host-itwin=", cookie, StringComparison.Ordinal);
        var parts = cookie.Split(';', StringSplitOptions.TrimEntries).Skip(1).Select(part => part.ToLowerInvariant()).ToList();
        Assert.Contains("secure", parts);
        Assert.Contains("httponly", parts);
        Assert.Contains("samesite=strict", parts);
        Assert.Contains("path=/", parts);
        Assert.DoesNotContain(parts, part => part.StartsWith("domain", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unknown_an_ended_a_revoked_and_a_wrong_key_get_one_answer_and_an_unknown_member_is_refused()
    {
        var (host, grid) = await _silo.ConnectAsync(_admin);
        using var _ = host;
        var keys = grid.GetGrain<IAccessKeyGrain>(IAccessKeyGrain.Key);
        var ended = await keys.Create(new AccessKeyRequest("ended", Role.Viewer, "load", ExpiresUs: (TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + 1_500) * 1_000));
        var revoked = await keys.Create(new AccessKeyRequest("revoked", Role.Viewer, "load"));
        var known = await keys.Create(new AccessKeyRequest("known", Role.Viewer, "load"));
        await keys.Revoke(revoked.Key.Id);
        await Task.Delay(2_500, Cancelled);
        var answers = new HashSet<string>();
        foreach (var key in (string[])["itwin_aaaaaaaa_" + new string('A', 43), ended.Secret, revoked.Secret, known.Secret[..^8] + "AAAAAAAA"])
        {
            using var http = Browser();
            using var session = await http.PostAsJsonAsync(Path("session"), new { key }, Cancelled);
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            using var request = await http.GetAsync(Path("sites"), Cancelled);
            answers.Add($"{await TextAsync(session)}\n{await TextAsync(request)}");
            Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (session.StatusCode, request.StatusCode));
        }

        Assert.Single(answers);
        using var browser = Browser();
        using var more = await browser.PostAsJsonAsync(Path("session"), new { key = known.Secret, role = "administrator" }, Cancelled);
        Assert.Equal(HttpStatusCode.BadRequest, more.StatusCode);
        Assert.False(more.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task An_address_that_tries_too_often_is_told_to_come_later_and_who_is_signed_in_goes_on()
    {
        using var http = Browser();
        http.DefaultRequestHeaders.Add("Cookie", (await BeginAsync(http, _admin)).Split(';')[0]);
        using var other = Browser();
        HttpResponseMessage? answer = null;
        var tries = 0;
        do
        {
            answer?.Dispose();
            answer = await other.PostAsJsonAsync(Path("session"), new { key = "itwin_aaaaaaaa_" + new string('A', 43) }, Cancelled);
        }
        while (answer.StatusCode == HttpStatusCode.Unauthorized && ++tries <= 3 * SignInsPerMinuteMax);
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        answer.Dispose();
        Assert.InRange(tries, SignInsPerMinuteMax / 2, 2 * SignInsPerMinuteMax);
        using var good = await other.PostAsJsonAsync(Path("session"), new { key = _admin }, Cancelled);
        Assert.Equal(HttpStatusCode.TooManyRequests, good.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(Path("sites"), Cancelled)).StatusCode);
    }

    [Fact]
    public async Task A_session_ends_without_anybody_at_it_whatever_the_page_asks_for_by_itself()
    {
        using var left = Browser();
        using var used = Browser();
        var cookie = (await BeginAsync(left, _admin)).Split(';')[0];
        var held = (await BeginAsync(used, _admin)).Split(';')[0];
        var until = TimeProvider.System.GetTimestamp();
        while (await StatusAsync(left, cookie, HttpMethod.Get, "sites") is HttpStatusCode.OK)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(until) < 10 * Idle, "The session has no end.");
            using var request = Request(held, HttpMethod.Post, "session/active");
            using var answer = await used.SendAsync(request, Cancelled);
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
            held = answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
            await Task.Delay(500, Cancelled);
        }

        Assert.True(TimeProvider.System.GetElapsedTime(until) >= Idle - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(used, held, HttpMethod.Get, "sites"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(left, cookie, HttpMethod.Post, "session/active"));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string cookie, HttpMethod method, string path)
    {
        using var request = Request(cookie, method, path);
        using var answer = await http.SendAsync(request, Cancelled);
        return answer.StatusCode;
    }

    private static HttpRequestMessage Request(string cookie, HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, Path(path));
        request.Headers.Add("Cookie", cookie);
        return request;
    }

    private static async Task<string> TextAsync(HttpResponseMessage answer)
    {
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancelled))!.AsObject();
        body.Remove("traceId");
        return $"{answer.StatusCode} {body.ToJsonString()} {string.Join(' ', answer.Headers.Select(header => header.Key).Where(name => name != "Date").Order())}";
    }

    private static async Task<string> BeginAsync(HttpClient http, string key)
    {
        using var answer = await http.PostAsJsonAsync(Path("session"), new { key }, Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer.Headers.GetValues("Set-Cookie").Single();
    }

    private static Uri Path(string path) => new($"/api/v1/{path}", UriKind.Relative);

    private HttpClient Browser()
    {
        var http = new HttpClient(SiloProcess.AnyCertificate()) { BaseAddress = _silo.Http };
        http.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        return http;
    }
}
