using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using IndustrialTwin.Alarms;
using IndustrialTwin.Identities;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;
using IndustrialTwin.Sites;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;
using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>One silo process where everybody has to sign in, one rule, and every way in: HTTP, MQTT, the command line and the grid's own clients.</summary>
public sealed class AccessTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private SiloProcess _silo = null!;
    private string _admin = null!;

    private static MachineKey Machine => LoadPlant.Machine(0);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _silo = new SiloProcess(_folder.Path, output, ("Security__Access", "Required"), ("Dashboard__SignInsPerMinuteMax", "1000"));
        _admin = await _silo.KeyAsync();
        await _silo.StartAsync();
        await WithGridAsync(_admin, async grains =>
        {
            await grains.GetGrain<ISiteGrain>("load").Apply(LoadPlant.Declaration(1));
            var other = new LineDeclaration(LineKey.Parse("other/line-1"), "Other", []);
            await grains.GetGrain<ISiteGrain>("other").Apply(new SiteDeclaration(SiteKey.Parse("other"), "A secret of others", [other]));
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_way_in_meets_the_same_rule()
    {
        var callers = new Dictionary<string, string?> { ["nobody"] = null, ["a made-up key"] = "itwin_aaaaaaaa_" + new string('A', 43) };
        foreach (var (role, scope) in ((Role, string)[])
            [(Role.Viewer, "load"), (Role.Operator, "load/line-1"), (Role.Engineer, "load"), (Role.Device, Machine.Value), (Role.Operator, "other"), (Role.Device, "other")])
        {
            callers[$"{role} of {scope}"] = await KeyAsync(role, scope);
        }

        callers["administrator"] = _admin;
        (string Act, string[] Allowed)[] table =
        [
            ("read", ["Viewer of load", "Operator of load/line-1", "Engineer of load", "administrator"]),
            ("acknowledge", ["Operator of load/line-1", "Engineer of load", "administrator"]),
            ("publish", ["Engineer of load", $"Device of {Machine}", "administrator"]),
            ("list keys", ["administrator"]),
        ];
        var sequence = 0;
        foreach (var (caller, key) in callers)
        {
            var lets = new Dictionary<string, bool>();
            foreach (var (way, let) in await WaysAsync(key, () => Interlocked.Increment(ref sequence)))
            {
                lets[way] = let;
            }

            foreach (var (act, allowed) in table)
            {
                foreach (var (way, let) in lets.Where(way => way.Key.StartsWith(act, StringComparison.Ordinal)))
                {
                    Assert.True(allowed.Contains(caller) == let, $"{caller}: {way} was {(let ? "allowed" : "refused")}");
                }
            }
        }
    }

    [Fact]
    public async Task A_browser_s_session_is_safe_from_scripts_and_other_sites_and_over_when_it_is_ended()
    {
        var key = await KeyAsync(Role.Operator, "load", "Li Wei");
        using var browser = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = _silo.Http };
        browser.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        var cookie = await SignInAsync(browser, key);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(key, cookie, StringComparison.Ordinal);
        Assert.NotEqual(cookie, await SignInAsync(browser, key));

        var pair = cookie.Split(';')[0];
        Assert.Equal(HttpStatusCode.OK, await AskAsync(HttpMethod.Get, "/api/v1/sites", pair));
        foreach (var site in (string[])["cross-site", "same-site", "none"])
        {
            Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(HttpMethod.Post, $"/api/v1/machines/{Machine}/alarms/overload/acknowledge", pair, site));
        }

        var answer = await AskAsync(HttpMethod.Post, $"/api/v1/machines/{Machine}/alarms/overload/acknowledge", pair);
        Assert.True(answer is HttpStatusCode.Conflict or HttpStatusCode.OK, $"{answer}");
        Assert.Equal(HttpStatusCode.NoContent, await AskAsync(HttpMethod.Delete, "/api/v1/session", pair));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(HttpMethod.Get, "/api/v1/sites", pair));

        async Task<HttpStatusCode> AskAsync(HttpMethod method, string path, string session, string site = "same-origin")
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Add("Cookie", session);
            request.Headers.Remove("Sec-Fetch-Site");
            request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", site);
            request.Content = method == HttpMethod.Post ? JsonContent.Create(new { @operator = "The Boss" }) : null;
            using var http = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = _silo.Http };
            using var found = await http.SendAsync(request, Cancelled);
            return found.StatusCode;
        }
    }

    [Fact]
    public async Task A_live_stream_and_every_list_tell_nothing_of_others()
    {
        using var http = Http(await KeyAsync(Role.Viewer, "load"));
        using var stream = await http.GetStreamAsync(new Uri("/api/v1/live", UriKind.Relative), Cancelled);
        using var reader = new StreamReader(stream);
        var read = new System.Text.StringBuilder();
        while (!read.ToString().Contains("\"queues\"", StringComparison.Ordinal) || !read.ToString().Contains("event: line", StringComparison.Ordinal))
        {
            read.AppendLine(await reader.ReadLineAsync(Cancelled).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancelled));
        }

        foreach (var path in (string[])["sites", "alarms", "nodes", "accelerators", "queues"])
        {
            read.AppendLine(await http.GetStringAsync(new Uri($"/api/v1/{path}", UriKind.Relative), Cancelled));
        }

        Assert.Contains("load", read.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("other", read.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", read.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            (await http.GetStringOfAnyAsync("/api/v1/sites/other")).Replace("other", "X", StringComparison.Ordinal),
            (await http.GetStringOfAnyAsync("/api/v1/sites/nowhere")).Replace("nowhere", "X", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_audit_log_tells_who_did_what_and_is_good()
    {
        var key = await KeyAsync(Role.Operator, "load", "Li Wei");
        await _silo.ItwinAsync(key, "ack", Machine.Value, "overload", "--operator", "The Boss");
        await _silo.ItwinAsync(key, "key", "list");
        var (code, list) = await _silo.ItwinAsync(_admin, "audit", "list", "--max", "1000");
        Assert.Equal(0, code);
        var lines = list.Split('\n');
        Assert.Contains(lines, line => line.Contains("(Li Wei)", StringComparison.Ordinal) && line.Contains("itwin.machine.CommandAlarm", StringComparison.Ordinal) && line.Contains("allowed", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("(Li Wei)", StringComparison.Ordinal) && line.Contains("itwin.access-keys.List", StringComparison.Ordinal) && line.Contains("denied", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("itwin.site.Apply", StringComparison.Ordinal) && line.Contains("allowed", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("itwin.access-keys.Create", StringComparison.Ordinal));
        Assert.DoesNotContain(key[15..], list, StringComparison.Ordinal);
        (code, var head) = await _silo.ItwinAsync(_admin, "audit", "verify");
        Assert.True(code == 0, head);
        Assert.Equal(0, (await _silo.ItwinAsync(_admin, "audit", "verify", "--head", head.Split('\n')[0].Trim())).Code);
        Assert.Equal(1, (await _silo.ItwinAsync(_admin, "audit", "verify", "--head", $"1:{new string('0', 64)}")).Code);
    }

    [Fact]
    public async Task Who_asks_too_often_is_told_so_and_others_are_not()
    {
        using var greedy = Http(await KeyAsync(Role.Viewer, "load"));
        using var calm = Http(await KeyAsync(Role.Viewer, "load"));
        Assert.Equal(HttpStatusCode.OK, (await calm.GetAsync(new Uri("/api/v1/nodes", UriKind.Relative), Cancelled)).StatusCode);
        var answers = await Task.WhenAll(Enumerable.Range(0, 400).Select(_ => greedy.GetAsync(new Uri("/api/v1/session/x", UriKind.Relative), Cancelled)));
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.TooManyRequests && answer.Headers.RetryAfter is not null);
        Assert.Equal(HttpStatusCode.OK, (await calm.GetAsync(new Uri("/api/v1/nodes", UriKind.Relative), Cancelled)).StatusCode);
        Array.ForEach(answers, answer => answer.Dispose());
    }

    /// <summary>Tries every act in every way, and says for each whether it was let through.</summary>
    private async Task<List<(string Way, bool Let)>> WaysAsync(string? key, Func<int> next)
    {
        var found = new List<(string, bool)>();
        using var http = Http(key);
        var read = await http.GetAsync(new Uri($"/api/v1/machines/{Machine}", UriKind.Relative), Cancelled);
        found.Add(("read over HTTP", read.StatusCode == HttpStatusCode.OK));
        var acknowledged = await http.PostAsJsonAsync(new Uri($"/api/v1/machines/{Machine}/alarms/overload/acknowledge", UriKind.Relative), new { @operator = "x" }, Cancelled);
        found.Add(("acknowledge over HTTP", acknowledged.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict));

        await WithGridAsync(key ?? string.Empty, async grains =>
        {
            var machine = grains.GetGrain<IMachineGrain>(Machine.Value);
            found.Add(("read through the grid", await LetAsync(() => machine.GetSnapshot())));
            found.Add(("acknowledge through the grid", await LetAsync(() => machine.CommandAlarm(new AlarmCommand("overload", AlarmAction.Acknowledge, "x")))));
            found.Add(("publish through the grid", await LetAsync(() => machine.Observe(LoadPlant.Batch(Machine, next())))));
            found.Add(("list keys through the grid", await LetAsync(() => grains.GetGrain<IAccessKeyGrain>(IAccessKeyGrain.Key).List())));
        });

        // 4 is nobody, 5 may not; the alarm itself may have nothing to acknowledge, which is 1.
        var commands = await Task.WhenAll(_silo.ItwinAsync(key, "ack", Machine.Value, "overload"), _silo.ItwinAsync(key, "key", "list"));
        found.Add(("acknowledge by command line", commands[0].Code is 0 or 1 && !commands[0].Output.Contains("There is no site", StringComparison.Ordinal)));
        found.Add(("list keys by command line", commands[1].Code == 0));

        found.Add(("publish over MQTT", await PublishedAsync(key, next())));
        return found;
    }

    private async Task<bool> PublishedAsync(string? key, int sequence)
    {
        try
        {
            using var mqtt = await LoadPlant.ConnectAsync(_silo.MqttPort, $"client-{sequence}", Cancelled, key);
            var commands = await mqtt.SubscribeAsync(new MqttClientSubscribeOptionsBuilder().WithTopicFilter("itwin/v1/#", MqttQualityOfServiceLevel.AtLeastOnce).Build(), Cancelled);
            Assert.True(commands.Items.Single().ResultCode > MqttClientSubscribeResultCode.GrantedQoS2 || key == _admin);
            var command = await mqtt.PublishAsync(new MqttApplicationMessageBuilder().WithTopic(Controls.CommandPayload.TopicOf(Machine)).WithPayload("{}").WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build(), Cancelled);
            Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, command.ReasonCode);
            return (await mqtt.PublishAsync(LoadPlant.Message(LoadPlant.Batch(Machine, sequence)), Cancelled)).IsSuccess;
        }
        catch (MqttCommunicationException)
        {
            return false;
        }
    }

    private async Task<string> KeyAsync(Role role, string scope, string name = "somebody")
    {
        string? secret = null;
        await WithGridAsync(_admin, async grains => secret = (await grains.GetGrain<IAccessKeyGrain>(IAccessKeyGrain.Key).Create(new AccessKeyRequest(name, role, scope))).Secret);
        return secret!;
    }

    private async Task WithGridAsync(string key, Func<IGrainFactory, Task> calls)
    {
        var (host, client) = await _silo.ConnectAsync(key);
        using (host)
        {
            await calls(client);
            await host.StopAsync(CancellationToken.None);
        }
    }

    private HttpClient Http(string? key)
    {
        var http = new HttpClient { BaseAddress = _silo.Http };
        http.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return http;
    }

    private static async Task<string> SignInAsync(HttpClient browser, string key)
    {
        using var answer = await browser.PostAsJsonAsync(new Uri("/api/v1/session", UriKind.Relative), new { key }, Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("Li Wei", (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("name").GetString());
        return answer.Headers.GetValues("Set-Cookie").Single();
    }

    private static async Task<bool> LetAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (AccessDeniedException)
        {
            return false;
        }
    }
}

/// <summary>Reading answers that are no success.</summary>
internal static class HttpText
{
    public static async Task<string> GetStringOfAnyAsync(this HttpClient http, string path)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return $"{answer.StatusCode} {await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}";
    }
}
