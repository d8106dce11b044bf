using IndustrialTwin.Dashboard;
using IndustrialTwin.Machines;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Live;

/// <summary>
/// The feeds of this process: one for the overview and one for each machine that somebody looks at, shared by all who look, started
/// with the first and stopped some time after the last.
/// </summary>
internal sealed class LiveFeeds(
    OverviewFeed overview, MachineFeed machines, IOptions<DashboardOptions> options, TimeProvider clock, IHostApplicationLifetime lifetime) : IAsyncDisposable
{
    private const string Overview = "";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Running> _feeds = [];

    // Feeds end when the host begins to stop: later they would call twins whose silo goes away.
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
    private int _clients;

    /// <summary>How many clients look now.</summary>
    public int Clients => Volatile.Read(ref _clients);

    /// <summary>How many twins or overviews are followed now.</summary>
    public int Feeds
    {
        get
        {
            lock (_gate)
            {
                return _feeds.Count;
            }
        }
    }

    /// <summary>Lets a client in, or says which limit stands against it: none where the feeds have ended.</summary>
    /// <param name="withOverview">Whether it wants the overview.</param>
    /// <param name="machine">The machine it wants, or null.</param>
    public (LiveLease? Lease, string? Limit, int Max) Enter(bool withOverview, MachineKey? machine)
    {
        lock (_gate)
        {
            if (_stop.IsCancellationRequested)
            {
                return (null, null, 0);
            }

            if (_clients >= options.Value.LiveClientsMax)
            {
                return (null, nameof(DashboardOptions.LiveClientsMax), options.Value.LiveClientsMax);
            }

            if (machine is { } wanted && !_feeds.ContainsKey(wanted.Value)
                && _feeds.Keys.Count(key => key != Overview) >= options.Value.WatchedMachinesMax)
            {
                return (null, nameof(DashboardOptions.WatchedMachinesMax), options.Value.WatchedMachinesMax);
            }

            _clients++;
            List<Running> taken = [];
            if (withOverview)
            {
                taken.Add(Join(Overview, (board, token) => overview.RunAsync(board, token)));
            }

            if (machine is { } key)
            {
                taken.Add(Join(key.Value, (board, token) => machines.RunAsync(key, board, token)));
            }

            return (new LiveLease([.. taken.Select(feed => feed.Board)], () => Leave(taken)), null, 0);
        }
    }

    /// <summary>Ends all feeds, for good: who comes later is not let in. Ends when nothing asks the grid any more.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        Task[] runs;
        lock (_gate)
        {
            runs = [.. _feeds.Values.Select(feed => feed.Run)];
            _feeds.Clear();
        }

        await Task.WhenAll(runs);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private Running Join(string key, Func<LiveBoard, CancellationToken, Task> run)
    {
        if (!_feeds.TryGetValue(key, out var feed))
        {
            var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var board = new LiveBoard();

            // For all who look, and so as the silo: the first one's pass is not carried into it.
            using var own = ExecutionContext.SuppressFlow();
            feed = new Running(key, board, stop, Task.Run(() => run(board, stop.Token), CancellationToken.None));
            _feeds[key] = feed;
        }

        feed.Clients++;
        feed.Visits++;
        return feed;
    }

    private void Leave(List<Running> feeds)
    {
        lock (_gate)
        {
            _clients--;
            foreach (var feed in feeds.Where(feed => --feed.Clients == 0))
            {
                _ = StopLaterAsync(feed, feed.Visits);
            }
        }
    }

    private async Task StopLaterAsync(Running feed, long visits)
    {
        try
        {
            await Task.Delay(options.Value.LingerTime, clock, feed.Stop.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        lock (_gate)
        {
            // Somebody who came and went meanwhile has started a wait of its own.
            if (feed.Clients > 0 || feed.Visits != visits || !_feeds.Remove(feed.Key))
            {
                return;
            }
        }

        await feed.Stop.CancelAsync();
        await feed.Run;
        feed.Stop.Dispose();
    }

    private sealed record Running(string Key, LiveBoard Board, CancellationTokenSource Stop, Task Run)
    {
        public int Clients { get; set; }

        public long Visits { get; set; }
    }
}

/// <summary>A client's place at the boards that it reads.</summary>
internal sealed class LiveLease(LiveBoard[] boards, Action leave) : IDisposable
{
    private int _left;

    public LiveBoard[] Boards => boards;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
        {
            leave();
        }
    }
}
