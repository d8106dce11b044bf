using IndustrialTwin.Machines;
using IndustrialTwin.Sites;

namespace IndustrialTwin.Chaos;

/// <summary>A plant under load: half of its machines send over MQTT, half call their twins; an actuator carries out what twins command.</summary>
internal sealed class Load : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly List<IWay> _ways = [];
    private readonly CancellationTokenSource _stop = new(), _abandon = new();
    private readonly ClientWay _caller;
    private Task _running = Task.CompletedTask;

    private Load(string site, ClientWay caller) => (Site, _caller) = (site, caller);

    public string Site { get; }

    public List<Sender> Senders { get; } = [];

    public Actuator Actuator { get; private set; } = null!;

    public Register Register { get; private set; } = null!;

    public IClusterClient Client => _caller.Client;

    public LoadPlan Plan { get; private set; } = null!;

    /// <summary>What is now between two batches of a machine, where it is not as planned.</summary>
    public TimeSpan Every { get; set; }

    public int Open => Senders.Sum(sender => sender.Open);

    /// <summary>Declares the plant and waits until every machine has been acknowledged something.</summary>
    public static async Task<Load> StartAsync(ChaosCluster cluster, string site, LoadPlan plan)
    {
        var load = new Load(site, await ClientWay.ConnectAsync(cluster)) { Plan = plan };
        try
        {
            await load.BeginAsync(cluster);
            return load;
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }
    }

    /// <summary>No new batch falls due; waits until all that fell due are acknowledged. Answers how long, or null where they are not.</summary>
    public async Task<TimeSpan?> DrainAsync(TimeSpan limit)
    {
        await _stop.CancelAsync();
        await _running;
        await Register.StopAsync();
        return await Clock.UntilAsync(() => Task.FromResult(Open == 0), limit, TimeSpan.FromMilliseconds(50));
    }

    /// <summary>For each machine, the longest that a batch which fell due in a stretch of time waited for its acknowledgement.</summary>
    public List<TimeSpan> Outages(TimeSpan from, TimeSpan to, Func<Sender, bool>? which = null) =>
    [
        .. Senders.Where(sender => !sender.IsMqtt && (which?.Invoke(sender) ?? true))
            .Select(sender => sender.Snapshot().Where(sending => sending.Due >= from && sending.Due < to)
                .Select(sending => (sending.Acknowledged ?? Clock.Now) - sending.Due).DefaultIfEmpty().Max()),
    ];

    /// <summary>Whether every batch that twins themselves acknowledge, and that fell due before, has been.</summary>
    public bool IsAcknowledged(TimeSpan before) => Senders.Where(sender => !sender.IsMqtt)
        .All(sender => sender.Snapshot().All(sending => sending.Due >= before || sending.Acknowledged is not null));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _abandon.CancelAsync();
        await _running;
        if (Register is not null)
        {
            await Register.StopAsync();
        }

        if (Actuator is not null)
        {
            await Actuator.DisposeAsync();
        }

        foreach (var way in _ways)
        {
            await way.DisposeAsync();
        }

        await _caller.DisposeAsync();
        _stop.Dispose();
        _abandon.Dispose();
    }

    private async Task BeginAsync(ChaosCluster cluster)
    {
        // Called from outside, twins wake up on the silo whose gateway is asked; declared by their line, all would be beside it.
        await Task.WhenAll(Enumerable.Range(0, Plan.Machines).Select(number => Clock.UntilAsync(
            async () => (await Client.GetGrain<IMachineGrain>(Plant.Machine(Site, number).Value).GetSnapshot()) is not null, TimeSpan.FromSeconds(60))));
        var declaration = Plant.Declaration(Site, Plan.Machines, Plan.ControlDeadline, Plan.ClockSkewMax);
        await Clock.UntilAsync(
            async () =>
            {
                await Client.GetGrain<ISiteGrain>(Site).Apply(declaration);
                return true;
            },
            TimeSpan.FromSeconds(60));
        Actuator = await Actuator.StartAsync(cluster.Broker.Host.Address, Site);
        const int publishers = 4;
        for (var number = 0; number < publishers; number++)
        {
            _ways.Add(new MqttWay(cluster.Broker.Host.Address, $"{Site}-publisher-{number}"));
        }

        var now = Clock.Now;
        for (var number = 0; number < Plan.Machines; number++)
        {
            var isMqtt = number % 2 == 0;
            var phase = Plan.Interval * (number / (double)Plan.Machines);
            Senders.Add(new Sender(Plant.Machine(Site, number), isMqtt, isMqtt ? _ways[number / 2 % publishers] : _caller, Plan.Interval, now + phase) { StartUs = Plan.StartUs });
        }

        Register = new Register(Client, Plan.RegisterMachines == 0 ? [] : [.. Senders.Where(sender => !sender.IsMqtt).Take(Plan.RegisterMachines).Select(sender => sender.Machine)], Plan.ControlDeadline);
        Register.Start();
        _running = Task.Run(RunAsync);
        if (await Clock.UntilAsync(() => Task.FromResult(Senders.TrueForAll(sender => sender.Snapshot().Any(sending => sending.Acknowledged is not null))), TimeSpan.FromSeconds(60)) is null)
        {
            throw new InvalidOperationException($"Site {Site}: not every machine was acknowledged within 60 s of a healthy start.");
        }
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var now = Clock.Now;
            foreach (var sender in Senders)
            {
                sender.Step(now, Every, _abandon.Token);
            }

            await Task.Delay(Tick, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
