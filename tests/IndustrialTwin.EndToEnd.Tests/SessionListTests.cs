using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using IndustrialTwin.Browser;
using IndustrialTwin.Identities;
using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>Browsers at a real silo with an identity provider: where people are signed in, how that is ended, and what they are asked again.</summary>
public sealed class SessionListTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30), Now = TimeSpan.Zero, LongAgo = TimeSpan.FromMinutes(20);

    private readonly TemporaryFolder _folder = new();
    private readonly TokenIssuer _issuer = new();
    private SiloProcess _silo = null!;
    private string _key = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _silo = new SiloProcess(
            _folder.Path, output, ("Security__Access", "Required"), ("Security__RefreshInterval", "00:00:00.5"), ("Security__Provider__Authority", _issuer.Authority), ("Security__Provider__Audience", "plant"));
        _key = await _silo.KeyAsync();
        await _silo.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        _issuer.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_person_lists_its_sessions_and_ends_them_with_what_stands_by_them_and_others_only_as_a_fresh_administrator()
    {
        var (here, there, stranger) = (await BrowserAsync(Token("li", "operator", Now)), await BrowserAsync(Token("li", "operator", Now)), await BrowserAsync(Token("wu", "viewer", Now)));
        using var _ = here;
        using var __ = there;
        using var ___ = stranger;
        var list = (await here.GetFromJsonAsync<JsonObject>(Path("sessions"), Cancelled))!["sessions"]!.AsArray();
        Assert.Equal(2, list.Count);
        var other = Assert.Single(list, session => !(bool)session!["isThis"]!)!;
        Assert.Equal(("li", "provider", "127.0.0.1", "Test/1"), ((string?)other["holder"], (string?)other["way"], (string?)other["from"], (string?)other["agent"]));
        Assert.InRange((long)other["usedUs"]!, (long)other["begunUs"]!, (long)other["endsUs"]!);
        var strangers = (string)(await stranger.GetFromJsonAsync<JsonObject>(Path("sessions"), Cancelled))!["sessions"]![0]!["id"]!;

        Assert.Equal(HttpStatusCode.Forbidden, (await EndAsync(here, strangers)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await here.GetAsync(Path("sessions/all"), Cancelled)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await EndAsync(here, "x")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await EndAsync(here, (string)other["id"]!, "cross-site")).StatusCode);

        var live = LiveAsync(there);
        Assert.Equal(HttpStatusCode.NoContent, (await EndAsync(here, (string)other["id"]!)).StatusCode);
        await live.WaitAsync(Bound, Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, (await there.GetAsync(Path("sites"), Cancelled)).StatusCode);

        // An administrator whose sign-in is old is asked for another one, in the words of RFC 9470, and goes on with it.
        using var old = await BrowserAsync(Token("boss", "administrator", LongAgo));
        Assert.Contains((await old.GetFromJsonAsync<JsonObject>(Path("sessions/all"), Cancelled))!["sessions"]!.AsArray(), session => (string?)session!["id"] == strangers);
        var refused = await EndAsync(old, strangers);
        var problem = (await refused.Content.ReadFromJsonAsync<JsonObject>(Cancelled))!;
        Assert.Equal((HttpStatusCode.Unauthorized, "urn:itwin:sign-in-again"), (refused.StatusCode, (string?)problem["type"]));
        Assert.Contains("'boss' did so 20 minutes ago", (string?)problem["detail"], StringComparison.Ordinal);
        var challenge = refused.Headers.WwwAuthenticate.ToString();
        Assert.Contains("insufficient_user_authentication", challenge, StringComparison.Ordinal);
        Assert.Contains("max_age=\"900\"", challenge, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync(Path("sites"), Cancelled)).StatusCode);

        var before = old.DefaultRequestHeaders.GetValues("Cookie").Single();
        await SignInAsync(old, Token("boss", "administrator", Now));
        Assert.Equal(HttpStatusCode.NoContent, (await EndAsync(old, strangers)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await EndAsync(old, strangers)).StatusCode);
        await Wait.UntilAsync(() => stranger.GetAsync(Path("sites"), Cancelled).GetAwaiter().GetResult().StatusCode == HttpStatusCode.Unauthorized);
        using var stolen = Client(before);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stolen.GetAsync(Path("sites"), Cancelled)).StatusCode);

        using var second = await BrowserAsync(Token("boss", "administrator", Now));
        using var ended = await second.DeleteAsync(Path("sessions"), Cancelled);
        Assert.Equal(1, (int)(await ended.Content.ReadFromJsonAsync<JsonObject>(Cancelled))!["ended"]!);
        Assert.Equal(HttpStatusCode.Unauthorized, (await old.GetAsync(Path("sites"), Cancelled)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await second.GetAsync(Path("sites"), Cancelled)).StatusCode);
        var (_, audit) = await _silo.ItwinAsync(_key, "audit", "list", "--max", "1000");
        var lines = audit.Split('\n');
        Assert.Contains(lines, line => line.Contains("session.end", StringComparison.Ordinal) && line.Contains("boss", StringComparison.Ordinal) && line.Contains(strangers, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("itwin.sessions.EndOfAnybody", StringComparison.Ordinal) && line.Contains("denied", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("session.begin", StringComparison.Ordinal) && line.Contains("wu", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_must_show_several_factors_gets_in_by_no_way_with_one_and_is_told_what_came()
    {
        var token = _issuer.Token("li", "engineer", Now, "pwd");
        using var browser = Client(null);
        using var session = await browser.PostAsJsonAsync(Path("session"), new { key = token }, Cancelled);
        browser.DefaultRequestHeaders.Add("Authorization", $"Bearer {token}");
        using var api = await browser.GetAsync(Path("sites"), Cancelled);
        foreach (var answer in (HttpResponseMessage[])[session, api])
        {
            var problem = (await answer.Content.ReadFromJsonAsync<JsonObject>(Cancelled))!;
            Assert.Equal((HttpStatusCode.Unauthorized, "urn:itwin:several-factors"), (answer.StatusCode, (string?)problem["type"]));
            Assert.Contains("came amr 'pwd', acr missing", (string?)problem["detail"], StringComparison.Ordinal);
        }

        var (host, grid) = await _silo.ConnectAsync(token);
        using (host)
        {
            var fault = await Assert.ThrowsAsync<AccessDeniedException>(() => grid.GetGrain<ISessionGrain>(ISessionGrain.Key).List());
            Assert.Equal(SignInDemand.SeveralFactors, fault.Demand);
            Assert.Contains("expected amr with 'mfa'", fault.Message, StringComparison.Ordinal);
            await host.StopAsync(CancellationToken.None);
        }

        using var mqtt = await LoadPlant.ConnectAsync(_silo.MqttPort, "one-factor", Cancelled, token);
        Assert.False(mqtt.IsConnected);

        // A local key is one factor, and a browser is a person; programs go on with it.
        using var keyed = Client(null);
        using var refused = await keyed.PostAsJsonAsync(Path("session"), new { key = _key }, Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Contains("an access key", (string?)(await refused.Content.ReadFromJsonAsync<JsonObject>(Cancelled))!["detail"], StringComparison.Ordinal);
        Assert.Equal(0, (await _silo.ItwinAsync(_key, "key", "list")).Code);
        Assert.Equal(0, (await _silo.ItwinAsync(_issuer.Token("li", "administrator", Now, "pwd", "otp"), "key", "list")).Code);
        var (code, said) = await _silo.ItwinAsync(_issuer.Token("li", "administrator", LongAgo, "mfa"), "key", "create", "--name", "x", "--role", "viewer", "--scope", "load");
        Assert.Equal(4, code);
        Assert.Contains("Sign in again", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_lists_sessions_asks_to_sign_in_again_and_goes_on()
    {
        using var stranger = await BrowserAsync(Token("wu", "viewer", Now));
        await using var page = await ChromiumPage.OpenAsync(new Uri(_silo.Http, "/sign-in.html"));
        await page.TypeAsync(Token("boss", "administrator", LongAgo));
        await page.KeyAsync("Enter");
        await page.SeesAsync(".person a", "boss");
        await page.PressAsync(".person a");
        await page.SeesAsync("table.sessions tr", "this one");
        Assert.Empty(await page.BarriersAsync());
        await page.PressAsync("[data-action=whose-sessions][data-value='/all']");
        await page.SeesAsync("table.sessions th", "wu");
        await ShowAsync(page, "sessions");
        await page.PressAsync("[data-action=end-session][data-name=wu]");
        await page.SeesAsync("#again", "asks for a sign-in of the last 15 minutes");
        Assert.Empty(await page.BarriersAsync());
        await ShowAsync(page, "again");

        await page.TypeAsync("nothing that counts");
        await page.KeyAsync("Enter");
        await page.SeesAsync("#again .warning", "unknown, has ended, or was revoked");
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync(Path("sites"), Cancelled)).StatusCode);
        await page.TypeAsync(Token("boss", "administrator", Now));
        await page.KeyAsync("Enter");
        await page.SeesAsync(".toast", "The session of wu has ended");
        await Wait.UntilAsync(() => stranger.GetAsync(Path("sites"), Cancelled).GetAwaiter().GetResult().StatusCode == HttpStatusCode.Unauthorized);
        await page.SeesAsync(".connection", "Live");
        Assert.Equal(0, await page.OverhangAsync());

        // The browser itself notes the answers that it was given: 401 twice, and the stream of the session before.
        Assert.DoesNotContain(page.Complaints, complaint => !complaint.Contains("401", StringComparison.Ordinal) && !complaint.Contains("net::ERR", StringComparison.Ordinal));
        await page.PressAsync("[data-action=sign-out]");
        await page.SeesAsync("h1", "Sign in");
    }

    private static Task ShowAsync(ChromiumPage page, string name) =>
        Environment.GetEnvironmentVariable("ITWIN_SCREENSHOTS") is { Length: > 0 } folder ? page.ScreenshotAsync(System.IO.Path.Combine(folder, $"{name}.png")) : Task.CompletedTask;

    private string Token(string who, string role, TimeSpan ago) => _issuer.Token(who, role, ago, "pwd", "otp");

    private async Task<HttpClient> BrowserAsync(string credential)
    {
        var http = Client(null);
        await SignInAsync(http, credential);
        return http;
    }

    private static async Task SignInAsync(HttpClient http, string credential)
    {
        using var answer = await http.PostAsJsonAsync(Path("session"), new { key = credential }, Cancelled);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancelled));
        http.DefaultRequestHeaders.Remove("Cookie");
        http.DefaultRequestHeaders.Add("Cookie", answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
    }

    private static async Task<HttpResponseMessage> EndAsync(HttpClient http, string id, string site = "same-origin")
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, Path($"sessions/{id}"));
        http.DefaultRequestHeaders.Remove("Sec-Fetch-Site");
        http.DefaultRequestHeaders.Add("Sec-Fetch-Site", site);
        var answer = await http.SendAsync(request, Cancelled);
        http.DefaultRequestHeaders.Remove("Sec-Fetch-Site");
        http.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        return answer;
    }

    /// <summary>Reads a live page; ends when the silo ends it.</summary>
    private static async Task LiveAsync(HttpClient http)
    {
        using var stream = await http.GetStreamAsync(Path("live"), Cancelled);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(Cancelled) is not null)
        {
        }
    }

    private static Uri Path(string path) => new($"/api/v1/{path}", UriKind.Relative);

    private HttpClient Client(string? cookie)
    {
        var http = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = _silo.Http };
        http.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        http.DefaultRequestHeaders.Add("User-Agent", "Test/1");
        if (cookie is not null)
        {
            http.DefaultRequestHeaders.Add("Cookie", cookie);
        }

        return http;
    }
}
