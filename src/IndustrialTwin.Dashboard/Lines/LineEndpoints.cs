using IndustrialTwin.Dashboard;
using IndustrialTwin.Problems;

namespace IndustrialTwin.Lines;

/// <summary><c>GET lines/{site}/{line}</c>.</summary>
internal static class LineEndpoints
{
    public static void MapLines(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/lines/{site}/{line}", GetAsync);

    private static async Task<IResult> GetAsync(string site, string line, GridReader grid, CancellationToken cancellationToken)
    {
        if (!RequestFields.TryKey<LineKey>([("site", site), ("line", line)], out var key, out var problem))
        {
            return problem;
        }

        if (!await grid.KnowsSiteAsync(key.Site, cancellationToken))
        {
            return Problem.NotFound(key.Value, "site", site, "a site that a plant file declares");
        }

        var lines = (await grid.SiteAsync(key.Site, cancellationToken)).Lines;
        return lines.Any(known => known.Line == key)
            ? DashboardJson.Answer(await grid.LineAsync(key, cancellationToken))
            : Problem.NotFound(key.Value, "line", line, $"a line of {site} that a plant file declares");
    }
}
