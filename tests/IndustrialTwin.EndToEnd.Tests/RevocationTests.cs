using System.Net.Http.Headers;
using System.Net.Http.Json;
using IndustrialTwin.Identities;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;
using IndustrialTwin.Sites;
using Microsoft.Extensions.Hosting;
using MQTTnet;
using MQTTnet.Protocol;
using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>What stands when a key is revoked or a session is ended: connections, streams and subscriptions that were begun before.</summary>
public sealed class RevocationTests(ITestOutputHelper output) : IAsyncLifetime
{
    /// <summary>On a machine that does much else at the time: the refresh interval, and a second for who looks every second.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(15);

    private readonly TemporaryFolder _folder = new();
    private readonly List<IHost> _hosts = [];
    private SiloProcess _silo = null!;
    private string _admin = null!;

    private static MachineKey Machine => LoadPlant.Machine(0);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _silo = new SiloProcess(_folder.Path, output, ("Security__Access", "Required"), ("Security__RefreshInterval", "00:00:00.5"));
        _admin = await _silo.KeyAsync();
        await _silo.StartAsync();
        await (await GridAsync(_admin)).GetGrain<ISiteGrain>("load").Apply(LoadPlant.Declaration(1));
    }

    public async ValueTask DisposeAsync()
    {
        // A client that was cut waits for its calls to time out.
        await Task.WhenAll(_hosts.Select(host => Task.Run(host.Dispose))).WaitAsync(TimeSpan.FromSeconds(2)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _silo.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task All_that_stands_of_a_revoked_key_ends_within_seconds_and_nothing_of_others_does()
    {
        var keys = (await GridAsync(_admin)).GetGrain<IAccessKeyGrain>(IAccessKeyGrain.Key);
        var stolen = await keys.Create(new AccessKeyRequest("stolen", Role.Engineer, "load"));
        var kept = await keys.Create(new AccessKeyRequest("kept", Role.Engineer, "load"));
        using var listener = await LoadPlant.ConnectAsync(_silo.MqttPort, "kept", Cancelled, kept.Secret);
        using var thief = await LoadPlant.ConnectAsync(_silo.MqttPort, "stolen", Cancelled, stolen.Secret);
        var heard = 0;
        thief.ApplicationMessageReceivedAsync += _ => Task.FromResult(Interlocked.Increment(ref heard));
        foreach (var client in (IMqttClient[])[listener, thief])
        {
            await client.SubscribeAsync($"{SampleTopic.Prefix}load/#", MqttQualityOfServiceLevel.AtLeastOnce, Cancelled);
        }

        var reason = new TaskCompletionSource<MqttClientDisconnectReason>();
        thief.DisconnectedAsync += over =>
        {
            reason.TrySetResult(over.Reason);
            return Task.CompletedTask;
        };
        await listener.PublishAsync(LoadPlant.Message(LoadPlant.Batch(Machine, 0)), Cancelled);
        await Wait.UntilAsync(() => Volatile.Read(ref heard) == 1);

        var theirs = new (string Name, Task Ends)[]
        {
            ("live page by key", LiveAsync(http => http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", stolen.Secret))),
            ("live page by session", LiveAsync(await SessionAsync(stolen.Secret))),
            ("connection and stream through the grid", await FollowAsync(stolen.Secret)),
            ("MQTT connection", reason.Task),
        };
        var others = new[]
        {
            LiveAsync(http => http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", kept.Secret)),
            LiveAsync(await SessionAsync(kept.Secret)),
            await FollowAsync(kept.Secret),
        };
        await Task.Delay(1_000, Cancelled); // All of them have begun.
        Assert.DoesNotContain(theirs, one => one.Ends.IsCompleted);

        Assert.True(await keys.Revoke(stolen.Key.Id));
        var revoked = TimeProvider.System.GetTimestamp();
        foreach (var (name, ends) in theirs)
        {
            await ends.WaitAsync(Bound, Cancelled);
            output.WriteLine($"{name}: over after {TimeProvider.System.GetElapsedTime(revoked).TotalSeconds:0.00} s");
        }

        Assert.Equal(MqttClientDisconnectReason.NotAuthorized, await reason.Task);
        using (var again = await LoadPlant.ConnectAsync(_silo.MqttPort, "stolen", Cancelled, stolen.Secret))
        {
            Assert.False(again.IsConnected);
        }

        Assert.True((await listener.PublishAsync(LoadPlant.Message(LoadPlant.Batch(Machine, 1)), Cancelled)).IsSuccess);
        Assert.Equal(1, Volatile.Read(ref heard));
        Assert.True(listener.IsConnected);
        Assert.DoesNotContain(others, one => one.IsCompleted);
    }

    [Fact]
    public async Task A_session_that_is_ended_takes_its_live_page_with_it_and_no_other()
    {
        var (ended, other) = (await SessionAsync(_admin), await SessionAsync(_admin));
        var (over, stands) = (LiveAsync(ended), LiveAsync(other));
        await Task.Delay(1_000, Cancelled);
        using var browser = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = _silo.Http };
        ended(browser);
        browser.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        (await browser.DeleteAsync(new Uri("/api/v1/session", UriKind.Relative), Cancelled)).EnsureSuccessStatusCode();
        await over.WaitAsync(Bound, Cancelled);
        Assert.False(stands.IsCompleted);
    }

    private async Task<IClusterClient> GridAsync(string key)
    {
        var (host, client) = await _silo.ConnectAsync(key);
        _hosts.Add(host);
        return client;
    }

    /// <summary>Reads a live stream; ends when the silo ends it.</summary>
    private async Task LiveAsync(Action<HttpClient> identify)
    {
        using var http = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = _silo.Http };
        identify(http);
        using var stream = await http.GetStreamAsync(new Uri("/api/v1/live", UriKind.Relative), Cancelled);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(Cancelled) is not null)
        {
        }
    }

    /// <summary>Follows a twin through the grid; ends when the connection that its changes come by does, or the stream before it.</summary>
    private async Task<Task> FollowAsync(string key)
    {
        var lost = new TaskCompletionSource();
        var first = new TaskCompletionSource();
        var (host, client) = await _silo.ConnectAsync(key, () => lost.TrySetResult());
        _hosts.Add(host);
        var stream = WatchAsync(client, first);
        await first.Task.WaitAsync(Bound, Cancelled);
        return Task.WhenAny(lost.Task, stream);
    }

    private static async Task WatchAsync(IClusterClient client, TaskCompletionSource first)
    {
        await foreach (var _ in client.GetGrain<IMachineGrain>(Machine.Value).Watch(TimeSpan.FromSeconds(1)).WithCancellation(Cancelled))
        {
            first.TrySetResult();
        }
    }

    private async Task<Action<HttpClient>> SessionAsync(string key)
    {
        using var browser = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = _silo.Http };
        browser.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        using var answer = await browser.PostAsJsonAsync(new Uri("/api/v1/session", UriKind.Relative), new { key }, Cancelled);
        answer.EnsureSuccessStatusCode();
        var cookie = answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        return http => http.DefaultRequestHeaders.Add("Cookie", cookie);
    }
}
