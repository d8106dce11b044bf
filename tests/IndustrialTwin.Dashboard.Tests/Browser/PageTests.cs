using IndustrialTwin.Alarms;
using IndustrialTwin.Controls;
using IndustrialTwin.Grid;
using IndustrialTwin.Machines;

namespace IndustrialTwin.Browser;

/// <summary>The page as an operator uses it, in a real browser against fake twins.</summary>
public sealed class PageTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private const string Pump = "leipzig/pumps/p-102";

    [Fact]
    public async Task An_alarm_appears_by_itself_and_is_acknowledged_by_keyboard()
    {
        await using var host = await DashboardHost.StartAsync();
        await using var page = await ChromiumPage.OpenAsync(host.Address);
        await page.SeesAsync("section.site h1", "Wuhan works");
        await page.SeesAsync("table.machines th", "Press 8");
        await page.SeesAsync(".connection", "Live");
        Assert.False(await page.HasAsync($"[data-key='{Pump} seal leak']"));

        Raise(host.Plant);
        await page.SeesAsync(".urgent .card", "seal leak");
        await page.SeesAsync($"tr[data-key='{Pump}']", "Critical");
        await page.SeesAsync("#announce", "seal leak");

        // The first time the page asks who acknowledges.
        await page.PressAsync($".card[data-key='{Pump} seal leak'] [data-action=acknowledge]");
        await page.TypeAsync("Li Wei");
        await page.KeyAsync("Enter");
        await page.SeesAsync(".toast", "Acknowledged: seal leak");
        await page.GoAsync("#/alarms");
        await page.SeesAsync($"tr[data-key='{Pump} seal leak']", "Acknowledged by Li Wei");
        Assert.Equal([new AlarmCommand("seal leak", AlarmAction.Acknowledge, "Li Wei")], host.Plant.Commands);

        // The next one takes one press, of a key too.
        await page.SeesAsync("tr[data-key='leipzig/pumps/p-101 cavitation']", "Unacknowledged");
        for (var presses = 0; await page.FocusAsync() != "Acknowledge cavitation of leipzig/pumps/p-101"; presses++)
        {
            Assert.True(presses < 40, "The button is not reached by Tab.");
            await page.KeyAsync("Tab");
        }

        await page.KeyAsync("Enter");
        await page.SeesAsync("tr[data-key='leipzig/pumps/p-101 cavitation']", "Acknowledged by Li Wei");
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task A_machine_s_values_are_live_and_have_a_trend()
    {
        await using var host = await DashboardHost.StartAsync();
        await using var page = await ChromiumPage.OpenAsync(host.Address);
        await page.PressAsync($"tr[data-key='{Example.Press}'] a");
        await page.SeesAsync("h1", "Press 7");
        await page.SeesAsync("article[data-key='channels:pressure'] .value", "213.4 bar");
        await page.SeesAsync("article[data-key='channels:oil temperature'] .value", "°C");
        await Patience.UntilAsync(
            () => page.HasAsync("article[data-key='channels:pressure'] svg path.trend").GetAwaiter().GetResult(), "the trend is drawn");
        host.Plant.SetValue(Example.Press, "pressure", 187.6);
        await page.SeesAsync("article[data-key='channels:pressure'] .value", "187.6");
        await page.SeesAsync("article[data-key='features:vibration/kurtosis']", "Beyond its limit");

        await page.PressAsync("[data-action=range][data-value='60']");
        await page.SeesAsync("[data-action=range][aria-pressed=true]", "1 min");
        await page.SeesAsync("section[aria-labelledby=counts]", "48,211");
        await page.GoAsync("#/machines/wuhan/line-3/none");
        await page.SeesAsync(".empty", "There is no such machine");

        // The browser itself notes the 404 that was asked for.
        Assert.DoesNotContain(page.Complaints, complaint => !complaint.Contains("404", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_control_loop_that_fell_back_is_seen_in_words_and_so_is_what_was_commanded()
    {
        await using var host = await DashboardHost.StartAsync();
        await using var page = await ChromiumPage.OpenAsync(host.Address);
        await page.GoAsync($"#/machines/{Pump}");
        await page.SeesAsync("h1", "Feed pump 102");
        FallBack(host.Plant);
        await page.SeesAsync("tr[data-key='pressure']", "▲ in fallback (late) since");
        await page.SeesAsync("tr[data-key='pressure']", "speed = 1,500");
        await page.SeesAsync("tr[data-key='flow']", "falls back to valve = 0");
        await page.SeesAsync(".commands", "speed = 1,500 by the fallback of pressure (late)");
        await page.SeesAsync($"tr[data-key='{Pump} pressure.fallback']", "in fallback");
        await page.GoAsync("#/alarms");
        await page.SeesAsync($"tr[data-key='{Pump} pressure.fallback']", "in fallback");
        await page.GoAsync("#/");
        await page.SeesAsync(".urgent .card", "pressure.fallback");
        Assert.Empty(await page.BarriersAsync());
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task What_cannot_be_reached_is_said_and_what_can_again_too()
    {
        await using var host = await DashboardHost.StartAsync();
        await using var page = await ChromiumPage.OpenAsync(host.Address);
        await page.SeesAsync("table.machines th", "Press 8");
        host.Plant.Faults["wuhan"] = () => new TimeoutException();
        host.Plant.Changed();
        await page.SeesAsync("#notice", "Not reachable now");
        await page.SeesAsync("#notice", "wuhan");
        host.Plant.Faults.Clear();
        await Patience.UntilAsync(() => page.TextAsync("#notice").GetAwaiter().GetResult().Length == 0, "the notice goes");
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task A_server_that_starts_again_is_found_again()
    {
        var first = await DashboardHost.StartAsync();
        await using var page = await ChromiumPage.OpenAsync(first.Address);
        await using (first)
        {
            await page.GoAsync($"#/machines/{Example.Press}");
            await page.SeesAsync("h1", "Press 7");
            first.Plant.Faults["leipzig"] = () => new TimeoutException();
            first.Plant.Changed();
            await page.SeesAsync("#notice", "leipzig");
        }

        await page.SeesAsync(".connection", "No connection");
        await page.SeesAsync("#notice", "What you see may be old");
        await page.SeesAsync("article[data-key='channels:pressure'] .value", "213.4 bar");
        await using var second = await DashboardHost.StartAsync(address: first.Address);
        await page.SeesAsync(".connection", "Live");
        second.Plant.SetValue(Example.Press, "pressure", 201.5);
        await page.SeesAsync("article[data-key='channels:pressure'] .value", "201.5");

        // What the first could not reach, the second can. The browser itself notes each attempt that found nobody.
        Assert.Equal(string.Empty, await page.TextAsync("#notice"));
        Assert.DoesNotContain(page.Complaints, complaint => !complaint.Contains("net::ERR", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Samples_that_stopped_coming_are_said()
    {
        var plant = Example.Plant();
        var pump = plant.Machines[Pump];
        plant.Machines[Pump] = pump with { Summary = pump.Summary with { LastSampleUs = Wave.NowUs - (125 * 1_000_000L) } };
        await using var host = await DashboardHost.StartAsync(plant);
        await using var page = await ChromiumPage.OpenAsync(host.Address);
        await page.SeesAsync($"tr[data-key='{Pump}'] .silent", "last sample 2 min");
        await page.SeesAsync("tr[data-key='leipzig/pumps/p-101']", "live");
        await page.SeesAsync("tr[data-key='leipzig/pumps/p-103']", "no sample yet");
    }

    [Theory]
    [InlineData(1400, false)]
    [InlineData(1400, true)]
    [InlineData(390, false)]
    public async Task Everybody_can_use_every_view(int width, bool isDark)
    {
        await using var page = await ChromiumPage.OpenAsync(shared.Host.Address, width, 844, isDark);
        foreach (var (hash, selector, text) in new[]
        {
            ("#/", "table.machines th", "Press 8"),
            ("#/alarms", "table.alarms", "bearing wear"),
            ("#/compute", "table", "CL_OUT_OF_RESOURCES"),
            ($"#/machines/{Example.Press}", "article", "pressure"),
        })
        {
            await page.GoAsync(hash);
            await page.SeesAsync(selector, text);
            Assert.Equal(0, await page.OverhangAsync());
            Assert.Empty(await page.BarriersAsync());
        }

        Assert.Empty(page.Complaints);
    }

    private static void FallBack(FakePlant plant)
    {
        var pump = plant.Machines[Pump];
        var since = Wave.NowUs;
        AlarmSnapshot alarm = new(
            pump.Summary.Machine, ControlFallback.AlarmOf("pressure"), ControlFallback.FeatureOf("pressure"), AlarmCondition.Unacknowledged, true,
            AlarmPriority.High, AlarmSide.High, 0.5, 1, since, null, null, null, 1);
        plant.Set(pump with
        {
            Alarms = [.. pump.Alarms, alarm],
            Summary = pump.Summary with { Health = MachineHealth.Critical, Alarms = [alarm] },
            Controls =
            [
                new ControlSnapshot("pressure", "speed", 90, 12, 5.1, 2_888)
                {
                    Fallback = new ControlFallback("speed", 1_500, TimeSpan.FromSeconds(2), AlarmPriority.High), FallbackSinceUs = since, FallbackReason = "late",
                },
                new ControlSnapshot("flow", "valve", 0, 0, null, null) { Fallback = new ControlFallback("valve", 0, TimeSpan.FromSeconds(2), AlarmPriority.Low) },
            ],
            Commands = [new MachineCommand(pump.Summary.Machine, "pressure", "speed", 1_500, 0, since, "", 0, 0, 7, 91) { DecidedUs = since, Fallback = "late" }],
        });
    }

    private static void Raise(FakePlant plant)
    {
        var pump = plant.Machines[Pump];
        AlarmSnapshot alarm = new(
            pump.Summary.Machine, "seal leak", "vibration/rms", AlarmCondition.Unacknowledged, true, AlarmPriority.High, AlarmSide.High, 4.5, 5.1, Wave.NowUs, null, null, null, 1);
        plant.Set(pump with
        {
            Alarms = [.. pump.Alarms, alarm],
            Summary = pump.Summary with { Health = MachineHealth.Critical, Alarms = [alarm] },
        });
    }
}
