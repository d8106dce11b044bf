using IndustrialTwin.Dashboard;
using IndustrialTwin.Problems;

namespace IndustrialTwin.Identities;

/// <summary>
/// Where people are signed in: <c>GET sessions</c> lists the caller's own, <c>GET sessions/all</c> everybody's for administrators,
/// <c>DELETE sessions/{id}</c> ends one and <c>DELETE sessions</c> all of the caller's own but the one that it asks by.
/// </summary>
internal static class SessionEndpoints
{
    /// <summary>The path below the API.</summary>
    public const string Path = "/sessions";

    public static void MapSessions(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Path, (HttpContext context, GridReader grid, CancellationToken cancellationToken) => ListAsync(context, grid, false, cancellationToken));
        endpoints.MapGet(Path + "/all", (HttpContext context, GridReader grid, CancellationToken cancellationToken) => ListAsync(context, grid, true, cancellationToken));
        endpoints.MapDelete(Path, EndOthersAsync);
        endpoints.MapDelete(Path + "/{id}", EndAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext context, GridReader grid, bool isAll, CancellationToken cancellationToken) => AccessGate.CallerOf(context) is null
        ? DashboardJson.Answer(new { required = false, sessions = Array.Empty<SessionSnapshot>() })
        : DashboardJson.Answer(new { required = true, sessions = await grid.Within(isAll ? Sessions(grid).ListAll() : Sessions(grid).List(), cancellationToken) });

    private static async Task<IResult> EndOthersAsync(HttpContext context, GridReader grid, CancellationToken cancellationToken) =>
        DashboardJson.Answer(new { ended = AccessGate.CallerOf(context) is null ? 0 : await grid.Within(Sessions(grid).EndOthers(), cancellationToken) });

    private static async Task<IResult> EndAsync(string id, HttpContext context, GridReader grid, CancellationToken cancellationToken)
    {
        if (id.Length != 32 || !id.All(char.IsAsciiHexDigitLower))
        {
            return Problem.Invalid(Path, "id", id, "a session's id as the list has it, 32 hexadecimal digits");
        }

        if (AccessGate.CallerOf(context) is not null)
        {
            var own = await grid.Within(Sessions(grid).List(), cancellationToken);
            if (await grid.Within(own.Any(session => session.Id == id) ? Sessions(grid).End(id) : Sessions(grid).EndOfAnybody(id), cancellationToken))
            {
                return TypedResults.NoContent();
            }
        }

        return Problem.NotFound(Path, "id", id, "a session that has not ended");
    }

    private static ISessionGrain Sessions(GridReader grid) => grid.Grains.GetGrain<ISessionGrain>(ISessionGrain.Key);
}
