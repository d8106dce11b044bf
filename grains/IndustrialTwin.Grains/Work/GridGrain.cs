using IndustrialTwin.Accelerators;
using IndustrialTwin.Sites;
using Orleans.Concurrency;

namespace IndustrialTwin.Work;

/// <summary>The door of the grid on its silo; several callers at once pass through it.</summary>
[GrainType("itwin.grid"), StatelessWorker, Reentrant]
internal sealed class GridGrain(IGrainContext context, ComputeGrid grid) : Grain, IGridGrain
{
    private readonly SiteKey _site = SiteKey.Parse(context.GrainId.Key.ToString()!);

    /// <inheritdoc/>
    public Task<ComputeReply> Compute(ComputeRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return grid.AskAsync(_site, request, cancellationToken);
    }
}
