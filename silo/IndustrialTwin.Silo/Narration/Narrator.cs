using IndustrialTwin.Enterprise;
using IndustrialTwin.Hosting;
using IndustrialTwin.Machines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Samples;
using IndustrialTwin.Sites;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Narration;

/// <summary>Tells on the console, in plain words, what is happening and where to look.</summary>
internal sealed class Narrator(
    IGrainFactory grains,
    ISampleLog log,
    NodeDevices devices,
    IServer server,
    IOptions<StorageOptions> storage,
    IHostApplicationLifetime lifetime,
    TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(Timeout.Infinite, lifetime.ApplicationStarted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost:8080";
        Say($"IndustrialTwin runs on node {devices.Node}. It computes on {Devices()}.");
        Say($"Samples and twins are kept in {Where()}.");
        Say($"Look at {address} for the plant, {address}/health/ready for health, {address}/metrics for metrics. Ctrl+C ends it.");
        var before = new LogTotals(0, 0, 0, 0);
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken).AsTask().ContinueWith(tick => tick.IsCompletedSuccessfully && tick.Result, TaskScheduler.Default))
        {
            try
            {
                before = await TellAsync(before, stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                Say($"The twins cannot be asked right now: {fault.Message}");
            }
        }
    }

    private static void Say(string line) => System.Console.WriteLine(line);

    private async Task<LogTotals> TellAsync(LogTotals before, CancellationToken cancellationToken)
    {
        var totals = await log.ReadTotalsAsync(cancellationToken);
        var rate = (totals.Samples - before.Samples) / Interval.TotalSeconds;
        var enterprise = await grains.GetGrain<IEnterpriseGrain>(IEnterpriseGrain.Key).GetSnapshot();
        var lines = new List<IndustrialTwin.Lines.LineSummary>();
        foreach (var site in enterprise.Sites)
        {
            lines.AddRange((await grains.GetGrain<ISiteGrain>(site.Value).GetSnapshot()).Lines);
        }

        var critical = lines.Count(line => line.Health == MachineHealth.Critical);
        Say(FormattableString.Invariant(
            $"{clock.GetLocalNow():HH:mm:ss}  {totals.Samples:N0} samples stored ({rate:N0} a second), {totals.QuarantinedSamples:N0} in quarantine; ")
            + $"{lines.Sum(line => line.MachinesRunning)} of {lines.Sum(line => line.Machines)} machines run; "
            + $"{lines.Sum(line => line.AlarmsActive)} alarms active, {lines.Sum(line => line.AlarmsUnacknowledged)} to acknowledge"
            + (critical > 0 ? $"; {critical} lines critical." : "."));
        return totals;
    }

    private string Devices() => string.Join(", ", devices.Accelerators.Select(accelerator => devices.DeviceOf(accelerator).Description.Name));

    private string Where() => storage.Value.Engine == StorageEngine.Sqlite ? Path.GetFullPath(storage.Value.Path) : "PostgreSQL";
}
