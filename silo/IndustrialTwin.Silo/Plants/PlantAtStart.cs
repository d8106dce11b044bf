using IndustrialTwin.Demonstration;
using IndustrialTwin.Enterprise;
using IndustrialTwin.Nodes;
using IndustrialTwin.Sites;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Plants;

/// <summary>
/// Declares what this silo was given, before samples come in: its node, a plant file's plant, and the demonstration's. All of it is
/// idempotent. What cannot be declared now is tried again while the silo runs.
/// </summary>
internal sealed partial class PlantAtStart(
    IGrainFactory grains, NodeDevices devices, IOptions<PlantOptions> plant, IOptions<DemonstrationOptions> demonstration, ILogger<PlantAtStart> logger)
    : IHostedService, IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2), Patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _stop = new();
    private Task _declared = Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _declared = DeclareAsync(_stop.Token);
        await Task.WhenAny(_declared, Task.Delay(Patience, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _declared.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private async Task DeclareAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await grains.GetGrain<IEnterpriseGrain>(IEnterpriseGrain.Key).RegisterNode(devices.Node);
                if (!string.IsNullOrEmpty(plant.Value.File))
                {
                    await ApplyAsync(PlantFile.Read(plant.Value.File), cancellationToken);
                }

                if (demonstration.Value.Enabled)
                {
                    await ApplyAsync(PlantFile.Parse("the demonstration's plant.yaml", DemonstrationPlant.PlantFile), cancellationToken);
                }

                return;
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogNotDeclared(fault);
                await Task.Delay(RetryDelay, cancellationToken);
            }
        }
    }

    private async Task ApplyAsync(PlantFileResult result, CancellationToken cancellationToken)
    {
        if (result.Declaration is not { } site)
        {
            foreach (var error in result.Errors)
            {
                LogPlantError(error);
            }

            return;
        }

        var reply = await grains.GetGrain<ISiteGrain>(site.Site.Value).Apply(site, cancellationToken);
        LogDeclared(site.Title, site.Site, reply.Added, reply.Changed, reply.Unchanged, reply.Retired);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "'{Title}' (site {Site}) is declared: {Added} machines new, {Changed} changed, {Unchanged} as they were, {Retired} retired")]
    private partial void LogDeclared(string title, SiteKey site, int added, int changed, int unchanged, int retired);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Error}")]
    private partial void LogPlantError(PlantFileError error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The plant could not be declared; it is tried again in two seconds")]
    private partial void LogNotDeclared(Exception fault);
}
