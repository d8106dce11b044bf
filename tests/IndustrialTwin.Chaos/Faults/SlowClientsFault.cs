using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace IndustrialTwin.Chaos;

/// <summary>
/// Dashboards that ask for live updates and never read them, API clients that ask and read nothing, that stop in the middle of a
/// request, or that vanish.
/// </summary>
internal sealed class SlowClientsFault : Fault
{
    private const int ClientsShort = 60, ClientsLong = 300;
    private const long GrowthMax = 200L << 20;

    public override string Name => "slow-clients";

    public override string Title => "slow or dead dashboard and API clients";

    public override string MustHold => "nobody else notices";

    public override async Task TryAsync(Trial trial)
    {
        var cluster = await trial.Run.ClusterAsync();
        await using var load = await Load.StartAsync(cluster, trial.Site, new LoadPlan());
        var length = TimeSpan.FromSeconds(trial.IsLong ? 60 : 10);
        await Task.Delay(TimeSpan.FromSeconds(3));
        var before = Clock.Now;
        await Task.Delay(length);
        var from = Clock.Now;
        var (quiet, memory) = (Latencies(load, before, from), cluster.Silos.Max(Memory));
        var clients = new List<Socket>();
        try
        {
            for (var number = 0; number < (trial.IsLong ? ClientsLong : ClientsShort); number++)
            {
                clients.Add(await OpenAsync(trial, trial.Any(cluster), load.Senders[number % load.Senders.Count].Machine.Value));
            }

            await Task.Delay(TimeSpan.FromSeconds(2)); // What they asked for is computed; nobody fetches it.
            var opened = Clock.Now;
            await Task.Delay(length);
            var slowed = Latencies(load, opened, Clock.Now);
            var (p50, p95, was50, was95) = (Trial.Quantile(slowed, 0.5), Trial.Quantile(slowed, 0.95), Trial.Quantile(quiet, 0.5), Trial.Quantile(quiet, 0.95));
            var open = load.Senders.Sum(sender => sender.Snapshot().Count(sending => sending.Acknowledged is null && Clock.Now - sending.Due > TimeSpan.FromSeconds(2)));
            trial.Must(
                p50 <= (was50 * 2) + TimeSpan.FromMilliseconds(20) && p95 <= (was95 * 3) + TimeSpan.FromMilliseconds(100) && open == 0,
                $"{clients.Count} such clients: acknowledgement p50 {p50.TotalMilliseconds:0} ms (before {was50.TotalMilliseconds:0}), p95 {p95.TotalMilliseconds:0} ms (before {was95.TotalMilliseconds:0}), late {open}");
            var growth = cluster.Silos.Max(Memory) - memory;
            trial.Must(growth < GrowthMax, $"a silo's memory grew by {growth >> 20} MB");
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
            var asked = Clock.Now;
            var answers = await Task.WhenAll(cluster.Silos.Select(silo => http.GetStringAsync(new Uri(silo.Http, $"/api/v1/machines/{load.Senders[0].Machine.Value}"))));
            trial.Must(Array.TrueForAll(answers, answer => answer.Length > 0), $"another API client is answered by every silo, slowest {(Clock.Now - asked).TotalMilliseconds:0} ms");
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }

        await trial.CheckAsync(cluster, load, TimeSpan.FromSeconds(60));
    }

    private static List<TimeSpan> Latencies(Load load, TimeSpan from, TimeSpan to) =>
    [
        .. load.Senders.Where(sender => !sender.IsMqtt).SelectMany(sender => sender.Snapshot())
            .Where(sending => sending.Due >= from && sending.Due < to && sending.Acknowledged is not null).Select(sending => sending.Acknowledged!.Value - sending.Due),
    ];

    /// <summary>Bytes of a silo's process that are in memory.</summary>
    private static long Memory(Silo silo) =>
        long.Parse(File.ReadAllText($"/proc/{silo.ProcessId}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;

    private static async Task<Socket> OpenAsync(Trial trial, Silo silo, string machine)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1_024 };
        await socket.ConnectAsync(silo.Host.Address, silo.Http.Port);
        var request = trial.Random.Next(4) switch
        {
            0 => Get("/api/v1/live"),
            1 => Get($"/api/v1/machines/{machine}/live"),
            2 => string.Concat(Enumerable.Repeat(Get($"/api/v1/machines/{machine}/channels/{Plant.Channel}"), 3)),
            _ => Get("/api/v1/sites")[..12],
        };
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        if (trial.Random.Next(5) == 0)
        {
            // Vanishes: the silo hears of it as a reset, or not at all.
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        }

        return socket;

        static string Get(string path) => $"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }
}
