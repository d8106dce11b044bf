using IndustrialTwin.Dashboard;

namespace IndustrialTwin.Work;

/// <summary><c>GET queues</c>.</summary>
internal static class WorkQueueEndpoints
{
    public static void MapQueues(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/queues", ListAsync);

    /// <summary>Some work queues as they stand.</summary>
    public static Task<Reading<WorkQueueSnapshot>> ReadAsync(GridReader grid, WorkQueueKey[] queues, CancellationToken cancellationToken) => grid.AllAsync(
        queues, (key, token) => grid.Within(grid.Grains.GetGrain<IWorkQueueGrain>(key.Value).GetSnapshot(), token), cancellationToken);

    private static async Task<IResult> ListAsync(GridReader grid, CancellationToken cancellationToken)
    {
        var queues = await ReadAsync(grid, (await grid.EnterpriseAsync(cancellationToken)).Queues, cancellationToken);
        return DashboardJson.Answer(new { queues = queues.Found, unreachable = queues.Missing });
    }
}
