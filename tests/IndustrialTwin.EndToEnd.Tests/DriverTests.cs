using System.Diagnostics;
using System.Text.Json;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Machines;
using IndustrialTwin.Samples;
using IndustrialTwin.Sites;
using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>A silo with a driver in a process of its own: work flows to it, its death costs nothing, and it gets work when it is back.</summary>
public sealed class DriverTests(ITestOutputHelper output)
{
    private const int Machines = 4;

    [Fact]
    public async Task A_driver_s_death_loses_no_window_and_its_return_brings_it_work()
    {
        using var folder = new TemporaryFolder();
        var socket = Path.Combine(folder.Path, "npu.sock");
        var driver = await StartDriverAsync(socket);
        try
        {
            await using var silo = new SiloProcess(folder.Path, output,
                ("Devices__IsCudaAllowed", "false"),
                ("Devices__IsOpenClAllowed", "false"),
                ("Devices__Drivers__0__Id", "npu-0"),
                ("Devices__Drivers__0__Socket", socket));
            await silo.StartAsync();
            var (host, client) = await silo.ConnectAsync();
            using var connected = host;
            await client.GetGrain<ISiteGrain>("load").Apply(LoadPlant.Declaration(Machines));
            var accelerator = client.GetGrain<IAcceleratorGrain>("node-1/npu-0");
            Assert.Equal("IndustrialTwin sample driver", (await accelerator.GetSnapshot()).Name);
            using var stop = new CancellationTokenSource();
            var loaders = Enumerable.Range(0, Machines).Select(number => new Loader(LoadPlant.Machine(number), silo.MqttPort)).ToList();
            var running = Task.WhenAll(loaders.Select(loader => loader.RunAsync(stop.Token)));
            await WaitUntilAsync(async () => (await accelerator.GetSnapshot()).JobsDone > 20);
            Assert.Equal("Healthy", (await HealthAsync(silo)).Status);
            Assert.Equal("1", await MetricAsync(silo));

            driver.Kill();
            await driver.WaitForExitAsync();
            await WaitUntilAsync(async () => !(await accelerator.GetSnapshot()).IsHealthy);
            var (status, detail) = await HealthAsync(silo);
            Assert.Equal("Degraded", status);
            Assert.Contains("Broken: node-1/npu-0 (", detail, StringComparison.Ordinal);
            await WaitUntilAsync(async () => await MetricAsync(silo) == "0");

            // Nothing waits for the driver: what comes in now is analysed now.
            var fresh = loaders[0].Acknowledged + 50;
            await WaitUntilAsync(() => Task.FromResult(loaders[0].Acknowledged > fresh));
            await WaitUntilAsync(async () => await WindowsAsync(client, 0) >= fresh * LoadPlant.RowsPerBatch / 64);
            Assert.False((await accelerator.GetSnapshot()).IsHealthy);

            driver.Dispose();
            driver = await StartDriverAsync(socket);
            await WaitUntilAsync(async () => (await accelerator.GetSnapshot()).IsHealthy);
            var done = (await accelerator.GetSnapshot()).JobsDone;
            await WaitUntilAsync(async () => (await accelerator.GetSnapshot()).JobsDone > done + 20);
            Assert.Equal("Healthy", (await HealthAsync(silo)).Status);
            await stop.CancelAsync();
            await running;
            for (var number = 0; number < Machines; number++)
            {
                await CheckAsync(client, number);
            }

            await host.StopAsync();
        }
        finally
        {
            driver.Kill();
            driver.Dispose();
        }
    }

    [Theory]
    [InlineData("Devices:QueueJobsMax is 0.", "Devices__QueueJobsMax=0")]
    [InlineData("There is no driver assembly", "Devices__Drivers__0__Assembly=no-such.dll", "Devices__Drivers__0__Type=A")]
    [InlineData("expected below Devices:LaunchMax = 00:00:30", "Devices__Drivers__0__Socket=/tmp/a.sock", "Devices__Drivers__0__LaunchTimeout=00:00:30")]
    public async Task Devices_that_are_configured_wrong_keep_the_silo_from_starting_and_it_says_so(string expected, params string[] settings)
    {
        using var folder = new TemporaryFolder();
        await using var silo = new SiloProcess(folder.Path, output, [.. settings.Select(setting => setting.Split('=')).Select(parts => (parts[0], parts[1]))]);
        Assert.Equal(1, await silo.RunAsync());
        Assert.Contains("IndustrialTwin cannot start.", silo.Output, StringComparison.Ordinal);
        Assert.Contains(expected, silo.Output, StringComparison.Ordinal);
    }

    private static async Task<Process> StartDriverAsync(string socket)
    {
        var start = new ProcessStartInfo("dotnet", [SiloProcess.Built("tests/IndustrialTwin.SampleDriver", "IndustrialTwin.SampleDriver.dll"), socket])
        {
            RedirectStandardOutput = true,
        };
        var driver = Process.Start(start)!;
        try
        {
            Assert.Equal($"listening at {socket}", await driver.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)));
            return driver;
        }
        catch
        {
            driver.Kill();
            driver.Dispose();
            throw;
        }
    }

    private static async Task<(string Status, string Detail)> HealthAsync(SiloProcess silo)
    {
        using var http = new HttpClient();
        using var health = JsonDocument.Parse(await http.GetStringAsync(new Uri(silo.Http, "/health/ready")));
        var check = health.RootElement.GetProperty("checks").GetProperty("accelerators");
        return (check.GetProperty("status").GetString()!, check.GetProperty("detail").GetString()!);
    }

    /// <summary>What the metrics say of the driver's device: 1 where it can launch, else 0.</summary>
    private static async Task<string?> MetricAsync(SiloProcess silo)
    {
        using var http = new HttpClient();
        var lines = (await http.GetStringAsync(new Uri(silo.Http, "/metrics"))).Split('\n');
        return Array.Find(lines, line => line.StartsWith("itwin_device_healthy", StringComparison.Ordinal) && line.Contains("device=\"npu-0\"", StringComparison.Ordinal))
            ?.Split("} ")[1].Split(' ')[0];
    }

    private static async Task<int> WindowsAsync(IClusterClient client, int number) =>
        (await client.GetGrain<IMachineGrain>(LoadPlant.Machine(number).Value).GetFeature(new SampleQuery("force-statistics/maximum"))).Values.Length;

    /// <summary>Every full window was computed, once, and right: by whichever device.</summary>
    private static async Task CheckAsync(IClusterClient client, int number)
    {
        var machine = client.GetGrain<IMachineGrain>(LoadPlant.Machine(number).Value);
        var snapshot = await machine.GetSnapshot();
        await WaitUntilAsync(async () => (snapshot = await machine.GetSnapshot()).LogPosition == snapshot.AnalysedPosition);
        var windows = new List<double>();
        var (from, more) = (long.MinValue, true);
        while (more)
        {
            var series = await machine.GetFeature(new SampleQuery("force-statistics/maximum", from));
            windows.AddRange(series.Values);
            (from, more) = (series.TimesUs.Length == 0 ? from : series.TimesUs[^1] + 1, series.More);
        }

        Assert.Equal(Enumerable.Range(1, (int)(snapshot.Counts.SamplesAccepted / 64)).Select(window => (double)(float)((window * 64) - 1)), windows);
    }

    private static async Task WaitUntilAsync(Func<Task<bool>> condition)
    {
        for (var start = Stopwatch.GetTimestamp(); !await condition(); await Task.Delay(20))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(1), "What was waited for did not come within a minute.");
        }
    }
}
