using IndustrialTwin.Accelerators;
using IndustrialTwin.Dashboard;
using IndustrialTwin.Enterprise;
using IndustrialTwin.Identities;
using IndustrialTwin.Lines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Problems;
using IndustrialTwin.Sites;
using IndustrialTwin.Work;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Live;

/// <summary>Puts the sites, their lines with machines, and the nodes with accelerators on a board.</summary>
internal sealed partial class OverviewFeed(GridReader grid, IOptions<DashboardOptions> options, TimeProvider clock, ILogger<OverviewFeed> logger)
{
    /// <summary>What the grid as a whole is called.</summary>
    internal const string Grid = "grid";

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(LiveBoard board, CancellationToken cancellationToken)
    {
        var followers = new Dictionary<SiteKey, (CancellationTokenSource Stop, Task Run)>();
        try
        {
            using var timer = new PeriodicTimer(options.Value.GridInterval, clock);
            do
            {
                try
                {
                    var enterprise = await grid.EnterpriseAsync(cancellationToken);
                    if (board.SetLost(Grid, null))
                    {
                        LogFound();
                    }

                    Follow(enterprise.Sites, board, followers, cancellationToken);
                    board.Put("enterprise", "enterprise", DashboardJson.Text(enterprise), Narrowed(enterprise));
                    await ReadGridAsync(enterprise, board, cancellationToken);
                }
                catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
                {
                    Lose(fault, board);
                }
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Told to stop.
        }
        finally
        {
            // Each on its own would add up their farewells.
            await Task.WhenAll(followers.Values.Select(follower => follower.Stop.CancelAsync()));
            await Task.WhenAll(followers.Values.Select(follower => follower.Run));
            foreach (var (stop, _) in followers.Values)
            {
                stop.Dispose();
            }
        }
    }

    private void Lose(Exception fault, LiveBoard board)
    {
        var known = GridFault.Of(fault);
        if (!board.SetLost(Grid, known?.Title ?? "The grid failed"))
        {
            return;
        }

        if (known is { } reason)
        {
            LogLost(reason.Title);
        }
        else
        {
            LogFailed(fault);
        }
    }

    private void Follow(
        SiteKey[] sites, LiveBoard board, Dictionary<SiteKey, (CancellationTokenSource Stop, Task Run)> followers, CancellationToken cancellationToken)
    {
        foreach (var site in sites.Where(site => !followers.ContainsKey(site)))
        {
            var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            followers[site] = (stop, FollowSiteAsync(site, board, stop.Token));
        }
    }

    private Task FollowSiteAsync(SiteKey site, LiveBoard board, CancellationToken cancellationToken)
    {
        var versions = new Dictionary<LineKey, long>();
        return new TwinFollower<SiteSnapshot>(site.Value, board, options.Value.SilenceMax, clock, logger)
        {
            Watch = token => grid.Grains.GetGrain<ISiteGrain>(site.Value).Watch(options.Value.WatchInterval, token),
            Read = token => grid.SiteAsync(site, token),
            Take = (snapshot, token) => TakeAsync(snapshot, versions, board, token),
        }.RunAsync(cancellationToken);
    }

    /// <summary>A site's stream says which lines changed; those are read whole.</summary>
    private async Task<bool> TakeAsync(SiteSnapshot site, Dictionary<LineKey, long> versions, LiveBoard board, CancellationToken cancellationToken)
    {
        foreach (var gone in versions.Keys.Except(site.Lines.Select(line => line.Line)).ToArray())
        {
            versions.Remove(gone);
            board.Remove(gone.Value);
        }

        var changed = board.Put(site.Site.Value, "site", DashboardJson.Text(site), caller => caller.Sees(site.Site.Value) ? Narrowed(site)(caller) : null);
        var stale = site.Lines.Where(line => !versions.TryGetValue(line.Line, out var known) || known != line.Version).ToArray();
        await Parallel.ForEachAsync(
            stale,
            new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = options.Value.CallsAtOnceMax },
            async (line, token) => board.Put(line.Line.Value, "line", DashboardJson.Text(await grid.LineAsync(line.Line, token))));
        foreach (var line in stale)
        {
            versions[line.Line] = line.Version;
        }

        return changed;
    }

    private async Task ReadGridAsync(EnterpriseSnapshot enterprise, LiveBoard board, CancellationToken cancellationToken)
    {
        var nodes = await NodeEndpoints.ReadAsync(grid, enterprise.Nodes, cancellationToken);
        var accelerators = await AcceleratorEndpoints.ReadAsync(grid, nodes.Found, cancellationToken);
        var queues = await WorkQueueEndpoints.ReadAsync(grid, enterprise.Queues, cancellationToken);
        var timeUs = (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        board.Put(Grid, Grid, Text(null), Text);

        string Text(Caller? caller) => DashboardJson.Text(new
        {
            timeUs,
            nodes = nodes.Found,
            accelerators = caller is null ? accelerators.Found : Array.ConvertAll(accelerators.Found, one => (AcceleratorSnapshot)one.Narrow(caller)),
            queues = caller is null ? queues.Found : Array.FindAll(queues.Found, queue => caller.Covers(queue.Queue.Value)),
            unreachable = nodes.Missing.Concat(accelerators.Missing).Concat(queues.Missing.Where(queue => caller is null || caller.Covers(queue.Asset))),
        });
    }

    private static Func<Caller, string?> Narrowed<T>(T state)
        where T : INarrowed => caller => DashboardJson.Text((T)state.Narrow(caller));

    [LoggerMessage(Level = LogLevel.Warning, Message = "The grid is not followed now: {Reason}; it is tried again until it is")]
    private partial void LogLost(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The grid is followed again")]
    private partial void LogFound();

    [LoggerMessage(Level = LogLevel.Error, Message = "Reading sites, nodes and accelerators failed in a way that it must not; it is tried again")]
    private partial void LogFailed(Exception fault);
}
