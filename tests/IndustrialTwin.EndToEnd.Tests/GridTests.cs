using System.Collections.Concurrent;
using System.Diagnostics;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Analyses;
using IndustrialTwin.Machines;
using IndustrialTwin.Sites;
using IndustrialTwin.Work;
using Xunit;

namespace IndustrialTwin.Testing;

/// <summary>The grid over silos that are processes of their own, on one PostgreSQL database.</summary>
public sealed class GridTests(ITestOutputHelper output)
{
    private const int Sites = 12;
    private const int Callers = 24;
    private const int Rows = 256;
    private const int Machines = 6;
    private static readonly TimeSpan AttemptMax = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_new_silo_takes_work_by_itself_and_killing_one_loses_no_request()
    {
        await using var postgres = await PostgresServer.StartOrSkipAsync();
        var database = await postgres.CreateDatabaseAsync();
        using var folder = new TemporaryFolder();
        var silos = Enumerable.Range(1, 3).Select(number => new SiloProcess(
            Directory.CreateDirectory(Path.Combine(folder.Path, $"{number}")).FullName, output,
            ("Node__Node", $"node-{number}"), ("Storage__Engine", "Postgres"), ("Storage__ConnectionString", database))).ToArray();
        try
        {
            await silos[0].StartAsync();
            await silos[1].StartAsync();
            var (host, client) = await silos[0].ConnectAsync();
            using (host)
            {
                await client.GetGrain<ISiteGrain>("load").Apply(LoadPlant.Declaration(Machines));
                var load = new Load(client);
                await Until(async () => await PulledAsync(client, 1) > 0 && await PulledAsync(client, 2) > 0, TimeSpan.FromSeconds(20), "both silos take work");

                await silos[2].StartAsync();
                var joined = Stopwatch.StartNew();
                await Until(async () => await PulledAsync(client, 3) > 0, TimeSpan.FromSeconds(5), "the new silo takes work");
                output.WriteLine($"The new silo took its first batch {joined.Elapsed.TotalSeconds:0.00} s after it was ready.");
                await Task.Delay(TimeSpan.FromSeconds(2));
                output.WriteLine($"Batches: {await PulledAsync(client, 1)}, {await PulledAsync(client, 2)}, {await PulledAsync(client, 3)}");

                var management = client.GetGrain<IManagementGrain>(0);
                var addresses = await Task.WhenAll(Enumerable.Range(0, Sites).Select(site =>
                    management.GetActivationAddress(client.GetGrain<IWorkQueueGrain>(QueueOf(site))).AsTask()));
                var lost = addresses.Count(address => address?.Endpoint.Port == silos[1].SiloPort);
                output.WriteLine($"{lost} of {Sites} queues are on the silo that is killed.");
                Assert.NotEqual(0, lost);

                var (before, killed) = (load.Done, Stopwatch.StartNew());
                await silos[1].KillAsync();
                var asked = load.Asked;
                for (var site = 0; site < Sites; site++)
                {
                    var queue = site;
                    await Until(() => Task.FromResult(load.DoneOf(queue, asked)), TimeSpan.FromSeconds(30), $"queue {queue} serves again");
                }

                output.WriteLine($"After SIGKILL every queue had answered what was asked after it within {killed.Elapsed.TotalSeconds:0.0} s.");
                for (var number = 0; number < Machines; number++)
                {
                    var machine = client.GetGrain<IMachineGrain>(LoadPlant.Machine(number).Value);
                    await Until(async () => await AnswersAsync(machine), TimeSpan.FromSeconds(30), $"machine {number} is back");
                }

                output.WriteLine($"Every twin was back {killed.Elapsed.TotalSeconds:0.0} s after SIGKILL.");
                await load.StopAsync();
                output.WriteLine($"{load.Done} requests, {load.Done - before} of them since SIGKILL; {load.Repeats} attempts repeated.");
                Assert.Equal(load.Asked, load.Done); // Each that was asked for was done: once, as its caller saw it.
                Assert.True(load.Done - before > Sites);
                for (var site = 0; site < Sites; site++)
                {
                    var counts = await client.GetGrain<IWorkQueueGrain>(QueueOf(site)).GetSnapshot();
                    Assert.Equal(counts.Taken, counts.Done + counts.Expired + counts.Failed + counts.Cancelled + counts.Open);
                }

                await host.StopAsync();
            }
        }
        finally
        {
            await Task.WhenAll(silos.Select(silo => silo.DisposeAsync().AsTask()));
        }
    }

    private static string QueueOf(int site) => $"site-{site}/window-statistics.{Rows}";

    private static async Task<long> PulledAsync(IGrainFactory grains, int node)
    {
        try
        {
            return (await grains.GetGrain<IAcceleratorGrain>($"node-{node}/native-0").GetSnapshot().WaitAsync(AttemptMax)).BatchesPulled;
        }
        catch (AcceleratorOfflineException)
        {
            return 0;
        }
    }

    private static async Task<bool> AnswersAsync(IMachineGrain machine)
    {
        try
        {
            await machine.GetSnapshot().WaitAsync(AttemptMax);
            return true;
        }
        catch (Exception fault) when (fault is TimeoutException or OrleansException)
        {
            return false;
        }
    }

    private static async Task Until(Func<Task<bool>> condition, TimeSpan limit, string what)
    {
        for (var waited = Stopwatch.StartNew(); !await condition(); await Task.Delay(50))
        {
            Assert.True(waited.Elapsed < limit, $"It did not come to pass within {limit} that {what}.");
        }
    }

    /// <summary>Callers that each ask one thing after the other, and ask again what they hear nothing good of.</summary>
    private sealed class Load
    {
        private readonly IGrainFactory _grains;
        private readonly ConcurrentDictionary<int, int> _newest = new();
        private readonly Task _running;
        private volatile bool _isStopped;
        private int _asked;
        private int _done;
        private int _repeats;

        public Load(IGrainFactory grains)
        {
            _grains = grains;
            _running = Task.WhenAll(Enumerable.Range(0, Callers).Select(RunAsync));
        }

        public int Asked => Volatile.Read(ref _asked);

        public int Done => Volatile.Read(ref _done);

        public int Repeats => Volatile.Read(ref _repeats);

        /// <summary>Whether a queue has done what was asked of it later than this.</summary>
        public bool DoneOf(int site, int request) => _newest.GetValueOrDefault(site) > request;

        public async Task StopAsync()
        {
            _isStopped = true;
            await _running.WaitAsync(TimeSpan.FromSeconds(30));
        }

        private async Task RunAsync(int caller)
        {
            var site = caller % Sites;
            while (!_isStopped)
            {
                var number = Interlocked.Increment(ref _asked);
                var windows = new float[Rows];
                Array.Fill(windows, number);
                while (!await TryAsync(site, new WindowStatisticsRequest(windows, Rows)))
                {
                    Interlocked.Increment(ref _repeats);
                    await Task.Delay(50);
                }

                Interlocked.Increment(ref _done);
                _newest.AddOrUpdate(site, number, (_, known) => Math.Max(known, number));
                await Task.Delay(5);
            }
        }

        private async Task<bool> TryAsync(int site, WindowStatisticsRequest request)
        {
            try
            {
                var reply = await _grains.GetGrain<IWorkQueueGrain>(QueueOf(site))
                    .Submit(request with { Deadline = DateTimeOffset.UtcNow + AttemptMax }).WaitAsync(AttemptMax);
                Assert.True(reply.Outcome != ComputeOutcome.Done || reply.Values[(int)Statistic.Mean] == request.Windows[0], "The answer is another request's.");
                return reply.Outcome == ComputeOutcome.Done;
            }
            catch (Exception fault) when (fault is TimeoutException or OrleansException)
            {
                return false;
            }
        }
    }
}
