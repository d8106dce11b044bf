using System.Globalization;
using Microsoft.Data.Sqlite;

namespace IndustrialTwin.Chaos;

/// <summary>An edge node on SQLite whose disk fails while it takes samples. Its own broker acknowledges after the commit.</summary>
internal sealed class DiskFault(string name, string title, Func<DiskFault.Edge, Task> inject, Func<DiskFault.Edge, Task> heal) : Fault
{
    private const int Machines = 8;

    public static IReadOnlyList<DiskFault> Kinds { get; } =
    [
        new("disk-full", "disk full (SQLite)", edge => edge.FillAsync(), edge => edge.FreeAsync()),
        new("disk-error", "I/O error at every write of the log (SQLite)", edge => edge.LimitAsync("4096"), edge => edge.LimitAsync("unlimited")),
        new("torn-write", "torn last write (SQLite, killed while it wrote)", edge => edge.TearAsync(), _ => Task.CompletedTask),
    ];

    public override string Name => name;

    public override string Title => title;

    public override string MustHold => "refused, never acknowledged; recovers alone";

    public override async Task TryAsync(Trial trial)
    {
        await using var edge = await Edge.StartAsync(trial);
        await Task.Delay(trial.Between(2, 4));
        var before = edge.Acknowledged;
        await inject(edge);
        if (name != "torn-write")
        {
            var refused = await Clock.UntilAsync(
                async () =>
                {
                    var now = edge.Acknowledged;
                    await Task.Delay(TimeSpan.FromSeconds(2));
                    return edge.Acknowledged == now && edge.Open > 0;
                },
                TimeSpan.FromSeconds(40));
            trial.Must(refused is not null && edge.Silo.IsRunning, refused is null ? "it went on acknowledging" : $"refuses after {edge.Acknowledged - before:n0} more; its process lives");
        }

        await heal(edge);
        var healed = Clock.Now;
        var last = edge.Acknowledged;
        var back = await Clock.UntilAsync(() => Task.FromResult(edge.Acknowledged > last + 20), TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(50));
        trial.Must(back is not null, back is null ? "did not acknowledge again within 60 s" : $"acknowledges again by itself after {back.Value.TotalSeconds:0.0} s");
        var drained = await edge.DrainAsync();
        trial.Must(drained, $"all sent again and acknowledged {(Clock.Now - healed).TotalSeconds:0.0} s after");
        var (acknowledged, lost, twice) = await edge.CheckAsync();
        trial.Must(lost == 0 && twice == 0 && acknowledged > 0, $"{acknowledged:n0} acknowledged, lost {lost}, twice {twice}");
    }

    /// <summary>The node, its disk and its load.</summary>
    internal sealed class Edge : IAsyncDisposable
    {
        private readonly Network _network = new();
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("itwin-chaos-edge-");
        private readonly CancellationTokenSource _stop = new(), _abandon = new();
        private readonly List<Sender> _senders = [];
        private readonly string _site;
        private MqttWay? _way;
        private Task _running = Task.CompletedTask;
        private Silo _silo = null!;
        private SmallDisk? _disk;

        private Edge(string site) => _site = site;

        public Silo Silo => _silo;

        public long Acknowledged => _senders.Sum(sender => sender.Snapshot().LongCount(sending => sending.Acknowledged is not null));

        public int Open => _senders.Sum(sender => sender.Open);

        private string Database => Path.Combine(_disk!.Folder, "twin.db");

        public static async Task<Edge> StartAsync(Trial trial)
        {
            var edge = new Edge(trial.Site);
            try
            {
                await edge.BeginAsync(trial);
                return edge;
            }
            catch
            {
                await edge.DisposeAsync();
                throw;
            }
        }

        public Task FillAsync() => _disk!.FillAsync();

        public Task FreeAsync()
        {
            _disk!.Free();
            return Task.CompletedTask;
        }

        /// <summary>Lets every write beyond so many bytes into a file fail as an error of the device.</summary>
        public Task LimitAsync(string bytes)
        {
            Command.Run("prlimit", ["--pid", _silo.ProcessId.ToString(CultureInfo.InvariantCulture), $"--fsize={bytes}:unlimited"]);
            return Task.CompletedTask;
        }

        /// <summary>Kills the silo and leaves half of a next frame, and rubbish, where its log's last write would have gone on.</summary>
        public async Task TearAsync()
        {
            await _silo.KillAsync();
            var end = await WalTail.TearAsync(Database + "-wal");
            _tear($"torn at byte {end} of the write-ahead log");
            await _silo.StartAsync(ChaosCluster.StartTimeout);
        }

        public async Task<bool> DrainAsync()
        {
            await _stop.CancelAsync();
            await _running;
            return await Clock.UntilAsync(() => Task.FromResult(Open == 0), TimeSpan.FromSeconds(60)) is not null;
        }

        public async Task<(long Acknowledged, long Lost, long Twice)> CheckAsync()
        {
            await _silo.StopAsync();
            var stored = new Dictionary<string, List<long>>();
            await using var connection = new SqliteConnection($"Data Source={Database};Mode=ReadOnly;Pooling=False");
            await connection.OpenAsync();
            await using var command = new SqliteCommand("SELECT m.key, e.sequence FROM entry e JOIN machine m ON m.id = e.machine WHERE e.kind = 0", connection);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                if (!stored.TryGetValue(reader.GetString(0), out var sequences))
                {
                    stored.Add(reader.GetString(0), sequences = []);
                }

                sequences.Add(reader.GetInt64(1));
            }

            var lost = _senders.Sum(sender =>
            {
                var there = stored.GetValueOrDefault(sender.Machine.Value, []).ToHashSet();
                return sender.Snapshot().LongCount(sending => sending.Acknowledged is not null && !there.Contains(sending.Sequence));
            });
            return (Acknowledged, lost, stored.Values.Sum(sequences => sequences.Count - sequences.Distinct().Count()));
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _abandon.CancelAsync();
            await _running;
            if (_way is not null)
            {
                await _way.DisposeAsync();
            }

            if (_silo is not null)
            {
                await _silo.DisposeAsync();
            }

            _disk?.Dispose();
            _network.Dispose();
            _stop.Dispose();
            _abandon.Dispose();
            _folder.Delete(recursive: true);
        }

        private Action<string> _tear = _ => { };

        private async Task BeginAsync(Trial trial)
        {
            if (_network.WhyNot is { } reason)
            {
                throw new FaultNotHereException(reason);
            }

            _tear = text => trial.Must(true, text);
            _disk = new SmallDisk(megabytes: 96);
            var plant = Path.Combine(_folder.FullName, "plant.yaml");
            await File.WriteAllTextAsync(plant, PlantText(_site));
            var host = _network.Add("edge");
            _silo = new Silo(host, ChaosCluster.Program, _folder.FullName, new Dictionary<string, string>
            {
                ["Storage__Engine"] = "Sqlite",
                ["Storage__Path"] = Database,
                ["Cluster__Address"] = "127.0.0.1",
                ["Mqtt__Host"] = host.Address.ToString(),
                ["Mqtt__Port"] = $"{Broker.Port}",
                ["Mqtt__AllowAnonymous"] = "true",
                ["Plant__File"] = plant,
            })
            {
                Wrapper = ["env", "--ignore-signal=XFSZ"], // A write beyond the limit is an error then, as of a device, and not the end.
            };
            await _silo.StartAsync(ChaosCluster.StartTimeout);
            _way = new MqttWay(host.Address, $"{_site}-publisher");
            for (var number = 0; number < Machines; number++)
            {
                _senders.Add(new Sender(Plant.Machine(_site, number), true, _way, TimeSpan.FromMilliseconds(25), Clock.Now));
            }

            _running = Task.Run(async () =>
            {
                while (!_stop.IsCancellationRequested)
                {
                    foreach (var sender in _senders)
                    {
                        // A device that has a thousand batches in hand waits with the next.
                        if (sender.Open < 1_000)
                        {
                            sender.Step(Clock.Now, default, _abandon.Token);
                        }
                    }

                    await Task.Delay(10);
                }
            });
            if (await Clock.UntilAsync(() => Task.FromResult(Acknowledged > 100), TimeSpan.FromSeconds(30)) is null)
            {
                throw new InvalidOperationException($"The node acknowledged nothing.\n{_silo.Output}");
            }
        }

        private static string PlantText(string site) =>
            $$"""
            site: {{site}}
            title: Edge
            machineTypes:
              tester:
                latenessMax: 1h
                clockSkewMax: none
                channels:
                  - {name: {{Plant.Channel}}, unit: kN, min: -1e12, max: 1e12, rateHz: 1000}
            lines:
              - line: line-0
                title: Line
                machines:
            {{string.Join('\n', Enumerable.Range(0, Machines).Select(number => $"      - {{machine: {Plant.Machine(site, number).Name}, type: tester, title: Machine {number}}}"))}}

            """;
    }
}
