using IndustrialTwin.Accelerators;
using IndustrialTwin.Identities;

namespace IndustrialTwin.Work;

/// <content>What clients ask for is counted here; what twins ask for, where they ask.</content>
internal sealed partial class WorkQueueGrain
{
    /// <inheritdoc/>
    public Task<ComputeReply> Submit(ComputeRequest request, CancellationToken cancellationToken) =>
        Caller.Current is null ? TakeAsync(request, cancellationToken) : CountedAsync(request, cancellationToken);

    private async Task<ComputeReply> CountedAsync(ComputeRequest request, CancellationToken cancellationToken)
    {
        _quotas.CheckCompute(_key.Site);
        var reply = await TakeAsync(request, cancellationToken);
        if (reply.Outcome == ComputeOutcome.Done)
        {
            _quotas.Computed(_key.Site, reply.ShareUs);
        }

        return reply;
    }
}
