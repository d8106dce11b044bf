using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using IndustrialTwin.Grid;
using IndustrialTwin.Machines;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Live;

public sealed class LiveEndpointsTests
{
    private const string Press = $"/api/v1/machines/{Example.Press}/live";

    [Fact]
    public async Task The_overview_comes_whole_and_then_as_changes()
    {
        await using var host = await DashboardHost.StartAsync();
        await using var live = await LiveReader.OpenAsync(host.Http, "/api/v1/live");
        Assert.Equal("text/event-stream", live.Answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no", live.Answer.Headers.GetValues("X-Accel-Buffering").Single());
        Assert.Equal("heartbeat", (await live.NextAsync())!.Value.Kind);
        var seen = new HashSet<string>();
        while (!seen.IsSupersetOf(["enterprise", "site wuhan", "site leipzig", "line wuhan/line-3", "line wuhan/paint", "line leipzig/pumps", "grid"]))
        {
            var (kind, data) = (await live.NextAsync())!.Value;
            seen.Add(kind switch
            {
                "site" => $"site {data.GetProperty("site").GetString()}",
                "line" => $"line {data.GetProperty("summary").GetProperty("line").GetString()}",
                _ => kind,
            });
        }

        var pump = host.Plant.Machines["leipzig/pumps/p-102"];
        host.Plant.Set(pump with { Summary = pump.Summary with { Health = MachineHealth.Degraded } });
        await live.UntilAsync("line", line => line.GetProperty("machines").EnumerateArray().Any(machine =>
            machine.GetProperty("machine").GetString() == "leipzig/pumps/p-102" && machine.GetProperty("health").GetString() == "degraded"));

        // Nothing changes any more, and the stream says so.
        await live.UntilAsync("heartbeat");
        var first = (await live.UntilAsync("heartbeat")).GetProperty("timeMs").GetInt64();
        Assert.True((await live.UntilAsync("heartbeat")).GetProperty("timeMs").GetInt64() > first);
    }

    [Fact]
    public async Task A_machine_s_stream_is_about_it_alone_and_skips_to_the_newest()
    {
        await using var host = await DashboardHost.StartAsync();
        await using var live = await LiveReader.OpenAsync(host.Http, Press);
        await live.UntilAsync("machine");
        var passed = Stopwatch.StartNew();
        for (var value = 1; value <= 5_000; value++)
        {
            host.Plant.SetValue(Example.Press, "pressure", value);
        }

        var states = 0;
        while (true)
        {
            var (kind, data) = (await live.NextAsync())!.Value;
            Assert.True(kind is "machine" or "heartbeat", kind);
            states += kind == "machine" ? 1 : 0;
            if (kind == "machine" && Pressure(data) == 5_000)
            {
                break;
            }
        }

        // At most one in 100 ms, as the host of the tests says.
        Assert.InRange(states, 1, (passed.ElapsedMilliseconds / 100) + 3);
    }

    [Fact]
    public async Task One_connection_carries_the_overview_and_a_machine()
    {
        await using var host = await DashboardHost.StartAsync();
        await using var live = await LiveReader.OpenAsync(host.Http, $"/api/v1/live?machine={Example.Press}");
        var kinds = new HashSet<string>();
        while (!kinds.IsSupersetOf(["machine", "enterprise", "line"]))
        {
            kinds.Add((await live.NextAsync())!.Value.Kind);
        }

        Assert.Equal("machine", (await host.Http.ProblemAsync("/api/v1/live?machine=wuhan", HttpStatusCode.BadRequest)).Field);
        Assert.Equal("machine", (await host.Http.ProblemAsync("/api/v1/live?machine=wuhan/line-3/none", HttpStatusCode.NotFound)).Field);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_broke_or_hangs_is_opened_again(bool hangs)
    {
        await using var host = await DashboardHost.StartAsync();
        (hangs ? host.Plant.Stuck : host.Plant.Broken)[Example.Press] = true;
        await using var live = await LiveReader.OpenAsync(host.Http, Press);
        await live.UntilAsync("machine");
        host.Plant.SetValue(Example.Press, "pressure", 1);
        await live.UntilAsync("machine", machine => Pressure(machine) == 1);
        await Patience.UntilAsync(() => host.Plant.Watches[Example.Press] > 1, "the stream is opened again");
        host.Plant.Stuck.Clear();
        host.Plant.SetValue(Example.Press, "pressure", 2);
        await live.UntilAsync("machine", machine => Pressure(machine) == 2);
    }

    [Fact]
    public async Task A_grid_that_is_away_is_said_once_and_so_is_its_return()
    {
        await using var host = await DashboardHost.StartAsync();
        await using var live = await LiveReader.OpenAsync(host.Http, "/api/v1/live");
        await live.UntilAsync("grid");
        string[] twins = ["enterprise", "wuhan", "leipzig"];
        foreach (var twin in twins)
        {
            host.Plant.Faults[twin] = () => new SiloUnavailableException("no silo");
        }

        host.Plant.Changed();
        await live.UntilAsync("lost", lost => lost.GetProperty("assets").GetArrayLength() == 3);

        // Long enough for several tries.
        for (var beats = 0; beats < 8; beats++)
        {
            await live.UntilAsync("heartbeat");
        }

        var lines = host.Log.Warnings;
        Assert.Equal(3, lines.Count);
        Assert.All(lines, line => Assert.Null(line.Fault));
        Assert.All(lines, line => Assert.Equal(LogLevel.Warning, line.Level));
        Assert.Contains(lines, line => line.Text == "The grid is not followed now: The grid is not available; it is tried again until it is");
        host.Plant.Faults.Clear();
        await live.UntilAsync("lost", lost => lost.GetProperty("assets").GetArrayLength() == 0);
        Assert.Equal(3, host.Log.Warnings.Count);
    }

    [Fact]
    public async Task A_client_that_reads_nothing_or_dies_harms_nobody()
    {
        await using var host = await DashboardHost.StartAsync();
        using (var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            // It asks, and never reads what comes.
            deaf.ReceiveBufferSize = 1024;
            await deaf.ConnectAsync(IPAddress.Loopback, host.Address.Port);
            await deaf.SendAsync(Encoding.ASCII.GetBytes($"GET {Press} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            await Patience.UntilAsync(() => host.Feeds.Clients == 1, "the deaf client is in");

            await using var live = await LiveReader.OpenAsync(host.Http, Press);
            Assert.Equal((2, 1), (host.Feeds.Clients, host.Feeds.Feeds));
            for (var value = 1; value <= 20; value++)
            {
                host.Plant.SetValue(Example.Press, "pressure", value);
                await live.UntilAsync("machine", machine => Pressure(machine) == value);
            }

            deaf.LingerState = new LingerOption(true, 0);
        }

        await Patience.UntilAsync(() => host.Feeds is { Clients: 0, Feeds: 0 }, "the dead client's place is free and nobody is followed");
        await Patience.UntilAsync(() => host.Plant.Streams[Example.Press] == 0, "the twin knows that nobody follows");
    }

    [Fact]
    public async Task Limits_have_names()
    {
        await using var host = await DashboardHost.StartAsync(configure: options => (options.LiveClientsMax, options.WatchedMachinesMax) = (2, 1));
        await using var first = await LiveReader.OpenAsync(host.Http, Press);
        using (var other = await host.Http.GetAsync(HttpAnswers.Relative("/api/v1/machines/leipzig/pumps/p-102/live")))
        {
            Assert.Equal("WatchedMachinesMax", (await other.ProblemAsync(HttpStatusCode.ServiceUnavailable)).Field);
            Assert.NotNull(other.Headers.RetryAfter);
        }

        // The same machine needs no second place.
        await using var second = await LiveReader.OpenAsync(host.Http, Press);
        Assert.Equal("LiveClientsMax", (await host.Http.ProblemAsync("/api/v1/live", HttpStatusCode.ServiceUnavailable)).Field);
        await second.DisposeAsync();
        await Patience.UntilAsync(() => host.Feeds.Clients == 1, "the place is free");
        await using var third = await LiveReader.OpenAsync(host.Http, "/api/v1/live");
        await third.UntilAsync("enterprise");
    }

    [Fact]
    public async Task A_host_that_stops_leaves_its_twins_first_and_quietly()
    {
        await using var host = await DashboardHost.StartAsync();
        await using var live = await LiveReader.OpenAsync(host.Http, $"/api/v1/live?machine={Example.Press}");
        await live.UntilAsync("machine");
        await live.UntilAsync("grid");
        await Patience.UntilAsync(() => host.Plant.Streams.Values.Sum() == 3, "two sites and a machine are followed");
        await host.StopAsync();
        Assert.Equal(0, host.Plant.Streams.Values.Sum());
        Assert.Equal(0, host.Feeds.Feeds);
        Assert.Equal((null, null, 0), host.Feeds.Enter(true, null));
        while (await live.NextAsync() is not null)
        {
            // To its end, which is one and no error.
        }

        Assert.Empty(host.Log.Warnings);
    }

    private static double Pressure(JsonElement machine) =>
        machine.GetProperty("channels").EnumerateArray().Single(channel => channel.GetProperty("channel").GetString() == "pressure").GetProperty("value").GetDouble();
}
