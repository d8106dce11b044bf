using IndustrialTwin.Dashboard;

namespace IndustrialTwin.Nodes;

/// <summary><c>GET nodes</c>.</summary>
internal static class NodeEndpoints
{
    public static void MapNodes(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/nodes", ListAsync);

    /// <summary>The nodes as they stand.</summary>
    public static async Task<Reading<NodeSnapshot>> ReadAsync(GridReader grid, NodeKey[] nodes, CancellationToken cancellationToken) =>
        await grid.AllAsync(
            nodes, (node, token) => grid.Within(grid.Grains.GetGrain<INodeGrain>(node.Value).GetSnapshot(), token), cancellationToken);

    private static async Task<IResult> ListAsync(GridReader grid, CancellationToken cancellationToken)
    {
        var nodes = await ReadAsync(grid, (await grid.EnterpriseAsync(cancellationToken)).Nodes, cancellationToken);
        return DashboardJson.Answer(new { nodes = nodes.Found, unreachable = nodes.Missing });
    }
}
