using IndustrialTwin.Enterprise;
using IndustrialTwin.Exposure;
using IndustrialTwin.Hosting;
using IndustrialTwin.Identities;
using IndustrialTwin.Lines;
using IndustrialTwin.Mqtt;
using IndustrialTwin.Nodes;
using IndustrialTwin.Persistence;
using IndustrialTwin.Samples;
using IndustrialTwin.Sites;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Narration;

/// <summary>Tells, in plain words, what is happening and where to look.</summary>
internal sealed partial class Narrator(
    IGrainFactory grains,
    ISampleLog log,
    IMqttIngest ingest,
    NodeDevices devices,
    IServer server,
    IOptions<StorageOptions> storage,
    IOptions<MqttOptions> mqtt,
    SiloExposure exposure,
    IAccess access,
    IHostApplicationLifetime lifetime,
    Stopping stopping,
    TimeProvider clock,
    ILogger<Narrator> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stops = lifetime.ApplicationStopping.Register(() =>
        {
            stopping.Begin();
            Say("IndustrialTwin stops: it takes no more messages, commits what it has begun with, and stores its twins.");
        });
        await Task.Delay(Timeout.Infinite, lifetime.ApplicationStarted).WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stoppingToken.IsCancellationRequested)
        {
            return;
        }

        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost:8080";
        var broker = ingest.Status;
        Say($"IndustrialTwin runs on node {devices.Node} and computes on {Devices()}.");
        Say($"Machines publish to the {(broker.Mode == MqttMode.Embedded ? "broker in this process" : "broker elsewhere")}, {(mqtt.Value.Tls ? "mqtts" : "mqtt")}://{broker.Endpoint}.");
        Say($"Samples and twins are kept in {Where()}.");
        Say($"Look at {address} for the plant, {address}/health/ready for health, {address}/metrics for metrics. Ctrl+C ends it.");
        Say(exposure.Sentence);
        Say(access.IsRequired
            ? "Everybody signs in, with an access key ('IndustrialTwin.Silo key' makes the first one) or a token of the identity provider."
            : "Nobody has to sign in. Security:Access=Required changes that.");
        foreach (var warning in exposure.Warnings)
        {
            LogUnsafe(warning);
        }

        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            var before = await log.ReadTotalsAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                before = await TellAsync(before, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task<LogTotals> TellAsync(LogTotals before, CancellationToken cancellationToken)
    {
        try
        {
            var totals = await log.ReadTotalsAsync(cancellationToken);
            Say(Progress.Sentence(totals, (totals.Samples - before.Samples) / Interval.TotalSeconds, await LinesAsync().WaitAsync(cancellationToken)));
            return totals;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogSilent(fault);
            return before;
        }
    }

    private async Task<List<LineSummary>> LinesAsync()
    {
        var lines = new List<LineSummary>();
        var enterprise = await grains.GetGrain<IEnterpriseGrain>(IEnterpriseGrain.Key).GetSnapshot();
        foreach (var site in enterprise.Sites)
        {
            lines.AddRange((await grains.GetGrain<ISiteGrain>(site.Value).GetSnapshot()).Lines);
        }

        return lines;
    }

    private string Devices() => string.Join(" and ", devices.Accelerators.Select(accelerator => $"{devices.DeviceOf(accelerator).Description.Name} ({accelerator.Device})"));

    private string Where() => storage.Value.Engine == StorageEngine.Sqlite
        ? $"{Path.GetFullPath(storage.Value.Path)} and {Path.GetFileName(PersistenceHosting.TwinsFile(storage.Value.Path))} beside it"
        : "PostgreSQL";

    private void Say(string sentence) => LogSaid(sentence);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Sentence}")]
    private partial void LogSaid(string sentence);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private partial void LogUnsafe(string warning);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The twins or the log cannot be asked right now")]
    private partial void LogSilent(Exception fault);
}
