using IndustrialTwin.Dashboard;
using IndustrialTwin.Problems;

namespace IndustrialTwin.Sites;

/// <summary><c>GET sites</c> and <c>GET sites/{site}</c>.</summary>
internal static class SiteEndpoints
{
    public static void MapSites(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/sites", ListAsync);
        endpoints.MapGet("/sites/{site}", GetAsync);
    }

    private static async Task<IResult> ListAsync(GridReader grid, CancellationToken cancellationToken)
    {
        var enterprise = await grid.EnterpriseAsync(cancellationToken);
        var sites = await grid.AllAsync(enterprise.Sites, grid.SiteAsync, cancellationToken);
        return DashboardJson.Answer(new { sites = sites.Found, unreachable = sites.Missing });
    }

    private static async Task<IResult> GetAsync(string site, GridReader grid, CancellationToken cancellationToken)
    {
        if (!RequestFields.TryKey<SiteKey>([("site", site)], out var key, out var problem))
        {
            return problem;
        }

        return await grid.KnowsSiteAsync(key, cancellationToken)
            ? DashboardJson.Answer(await grid.SiteAsync(key, cancellationToken))
            : Problem.NotFound(site, "site", site, "a site that a plant file declares");
    }
}
