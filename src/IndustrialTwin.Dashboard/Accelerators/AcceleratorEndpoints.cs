using IndustrialTwin.Dashboard;
using IndustrialTwin.Nodes;

namespace IndustrialTwin.Accelerators;

/// <summary><c>GET accelerators</c>.</summary>
internal static class AcceleratorEndpoints
{
    public static void MapAccelerators(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/accelerators", ListAsync);

    /// <summary>The accelerators of some nodes as they stand.</summary>
    public static async Task<Reading<AcceleratorSnapshot>> ReadAsync(GridReader grid, NodeSnapshot[] nodes, CancellationToken cancellationToken)
    {
        AcceleratorKey[] keys = [.. nodes.SelectMany(node => node.Accelerators)];
        return await grid.AllAsync(
            keys, (key, token) => grid.Within(grid.Grains.GetGrain<IAcceleratorGrain>(key.Value).GetSnapshot(), token), cancellationToken);
    }

    private static async Task<IResult> ListAsync(GridReader grid, CancellationToken cancellationToken)
    {
        var nodes = await NodeEndpoints.ReadAsync(grid, (await grid.EnterpriseAsync(cancellationToken)).Nodes, cancellationToken);
        var accelerators = await ReadAsync(grid, nodes.Found, cancellationToken);
        return DashboardJson.Answer(new { accelerators = accelerators.Found, unreachable = nodes.Missing.Concat(accelerators.Missing) });
    }
}
