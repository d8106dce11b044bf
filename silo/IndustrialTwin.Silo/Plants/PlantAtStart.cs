using IndustrialTwin.Demonstration;
using IndustrialTwin.Enterprise;
using IndustrialTwin.Nodes;
using IndustrialTwin.Sites;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Plants;

/// <summary>Declares the plants that this silo was given: a file's, and the demonstration's. Both are idempotent.</summary>
internal sealed partial class PlantAtStart(
    IGrainFactory grains, NodeDevices devices, IOptions<PlantOptions> options, DemonstrationPlant demonstration, ILogger<PlantAtStart> logger)
    : BackgroundService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await grains.GetGrain<IEnterpriseGrain>(IEnterpriseGrain.Key).RegisterNode(devices.Node);
                await ApplyAsync(stoppingToken);
                return;
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogNotApplied(fault);
                await Task.Delay(RetryDelay, stoppingToken);
            }
        }
    }

    private async Task ApplyAsync(CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(options.Value.File))
        {
            await ApplyAsync(PlantFile.Read(options.Value.File), cancellationToken);
        }

        if (demonstration.IsEnabled)
        {
            await ApplyAsync(PlantFile.Parse(DemonstrationPlant.PlantFileName, DemonstrationPlant.PlantFile), cancellationToken);
            demonstration.Begin();
        }
    }

    private async Task ApplyAsync(PlantFileResult plant, CancellationToken cancellationToken)
    {
        if (plant.Declaration is not { } declaration)
        {
            foreach (var error in plant.Errors)
            {
                LogPlantError(error.ToString());
            }

            return;
        }

        var reply = await grains.GetGrain<ISiteGrain>(declaration.Site.Value).Apply(declaration, cancellationToken);
        LogApplied(declaration.Title, declaration.Site, reply.Added, reply.Changed, reply.Unchanged, reply.Retired);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Plant '{Title}' (site {Site}) is declared: {Added} machines new, {Changed} changed, {Unchanged} as they were, {Retired} retired.")]
    private partial void LogApplied(string title, SiteKey site, int added, int changed, int unchanged, int retired);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Error}")]
    private partial void LogPlantError(string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The plant could not be declared; it is tried again in two seconds.")]
    private partial void LogNotApplied(Exception fault);
}
