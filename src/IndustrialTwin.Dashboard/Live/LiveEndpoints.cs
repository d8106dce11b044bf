using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using IndustrialTwin.Dashboard;
using IndustrialTwin.Identities;
using IndustrialTwin.Machines;
using IndustrialTwin.Problems;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Live;

/// <summary>
/// Server-sent events: <c>GET live</c> with the overview, <c>GET live?machine=site/line/machine</c> with one machine besides, so that a
/// page needs one connection only, and <c>GET machines/{site}/{line}/{machine}/live</c> with the machine alone.
/// </summary>
/// <remarks>
/// Event types: <c>enterprise</c>, <c>site</c>, <c>line</c>, <c>grid</c>, <c>machine</c> (states, each replaces the one before of its
/// key), <c>lost</c> (what cannot be reached now), <c>heartbeat</c> (the time, so that silence means a broken connection).
/// </remarks>
internal static class LiveEndpoints
{
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromSeconds(2);

    public static void MapLive(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/live", OverviewAsync);
        endpoints.MapGet(MachineEndpoints.Path + "/live", MachineAsync);
    }

    private static async Task<IResult> OverviewAsync(HttpContext context, GridReader grid, LiveFeeds feeds, CancellationToken cancellationToken)
    {
        string? machine = context.Request.Query["machine"];
        if (machine is null)
        {
            return Open(context, feeds, true, null);
        }

        if (machine.Split('/') is not [var site, var line, var name])
        {
            return Problem.Invalid(machine, "machine", machine, "a key like 'wuhan/line-3/press-07'");
        }

        var (snapshot, problem) = await MachineEndpoints.FindAsync(site, line, name, grid, cancellationToken);
        return problem ?? Open(context, feeds, true, snapshot!.Summary.Machine);
    }

    private static async Task<IResult> MachineAsync(
        string site, string line, string machine, HttpContext context, GridReader grid, LiveFeeds feeds, CancellationToken cancellationToken)
    {
        var (snapshot, problem) = await MachineEndpoints.FindAsync(site, line, machine, grid, cancellationToken);
        return problem ?? Open(context, feeds, false, snapshot!.Summary.Machine);
    }

    private static IResult Open(HttpContext context, LiveFeeds feeds, bool withOverview, MachineKey? machine)
    {
        var (lease, limit, max) = feeds.Enter(withOverview, machine);
        if (lease is null)
        {
            context.Response.Headers.RetryAfter = "5";
            var asset = machine?.Value ?? "live";
            return limit is null
                ? Problem.Of(StatusCodes.Status503ServiceUnavailable, "The server is stopping", asset, "server", "stopping", "one that runs; try again later")
                : Problem.Of(StatusCodes.Status503ServiceUnavailable, "Too many look at once", asset, limit, $"{max} in use", $"less than {max}; try again later");
        }

        context.Response.RegisterForDispose(lease);
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return new LiveResult(lease.Boards);
    }

    /// <summary>Who reads.</summary>
    /// <param name="Narrow">The caller that may not see all, or null.</param>
    /// <param name="StillCounts">Whether its pass still counts: a stream ends with it.</param>
    private sealed record Reader(Caller? Narrow, Func<bool> StillCounts);

    /// <summary>Reads the boards to one client, at the client's own pace.</summary>
    private sealed class LiveResult(LiveBoard[] boards) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var services = httpContext.RequestServices;
            var stopping = (services.GetService(typeof(IHostApplicationLifetime)) as IHostApplicationLifetime)?.ApplicationStopping ?? default;
            using var end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
            var options = (IOptions<DashboardOptions>)services.GetService(typeof(IOptions<DashboardOptions>))!;
            var clock = (TimeProvider)services.GetService(typeof(TimeProvider))!;
            var gate = (AccessGate)services.GetService(typeof(AccessGate))!;
            var caller = AccessGate.CallerOf(httpContext);
            var reader = new Reader(caller is { IsEverywhere: false } ? caller : null, () => gate.StillCounts(httpContext));
            var events = EventsAsync(boards, reader, options.Value.HeartbeatInterval, clock, end.Token);
            await TypedResults.ServerSentEvents(events).ExecuteAsync(httpContext);
        }
    }

    private static async IAsyncEnumerable<SseItem<string>> EventsAsync(
        LiveBoard[] boards, Reader reader, TimeSpan heartbeat, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var read = new long[boards.Length];
        var waits = new Task[boards.Length];
        yield return Heartbeat(clock);
        var beatAt = clock.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested && reader.StillCounts())
        {
            for (var index = 0; index < boards.Length; index++)
            {
                (var states, waits[index]) = boards[index].After(read[index]);
                foreach (var state in states)
                {
                    read[index] = state.Sequence;

                    // While the client was slow a newer one came: it follows in the next round.
                    if (boards[index].IsNewest(state) && (reader.Narrow is { } caller ? state.Narrow(caller) : state.Json) is { } json)
                    {
                        yield return new SseItem<string>(json, state.Kind);
                    }

                    if (clock.GetElapsedTime(beatAt) >= heartbeat)
                    {
                        yield return Heartbeat(clock);
                        beatAt = clock.GetTimestamp();
                    }
                }
            }

            var left = heartbeat - clock.GetElapsedTime(beatAt);
            if (left > TimeSpan.Zero && !await ChangedWithinAsync(waits, left, clock, cancellationToken))
            {
                left = TimeSpan.Zero;
            }

            if (cancellationToken.IsCancellationRequested)
            {
                yield break;
            }

            if (left <= TimeSpan.Zero)
            {
                yield return Heartbeat(clock);
                beatAt = clock.GetTimestamp();
            }
        }
    }

    private static async Task<bool> ChangedWithinAsync(Task[] changes, TimeSpan time, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAny(changes).WaitAsync(time, clock, cancellationToken);
            return true;
        }
        catch (Exception over) when (over is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private static SseItem<string> Heartbeat(TimeProvider clock) =>
        new($"{{\"timeMs\":{clock.GetUtcNow().ToUnixTimeMilliseconds()}}}", "heartbeat") { ReconnectionInterval = ReconnectAfter };
}
