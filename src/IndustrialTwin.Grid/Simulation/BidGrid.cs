using IndustrialTwin.Policy;

namespace IndustrialTwin.Simulation;

/// <summary>The policy for unbatched jobs: three predicted finishes, and idle accelerators that steal with back-off.</summary>
internal sealed class BidGrid : Grid
{
    // How far a job's predicted length is off, one standard deviation or so.
    private const double PredictionError = 0.05;

    private readonly BidDevice[] _devices;

    public BidGrid(SimulationOptions options)
        : base(options) =>
        _devices = [.. Enumerable.Range(0, options.Devices).Select(device => new BidDevice(device, options))];

    protected override void Begin()
    {
        foreach (var device in _devices)
            Steal(device);
    }

    protected override void Place(SimulatedRequest request)
    {
        var asked = new int[Math.Min(Options.Policy.Bids, Options.Devices)];
        var bids = new Bid[asked.Length];
        var count = BidPolicy.ChooseBidders(Random, Options.Devices, asked);
        var predictedUs = Math.Max(1, (int)(request.Units * (1 + PredictionError * (2 * Random.NextDouble() - 1) * Math.Sqrt(3))));
        var answers = 0;
        for (var i = 0; i < count; i++)
        {
            var place = i;
            Network.Send(() =>
            {
                var device = _devices[asked[place]];
                var serviceUs = (long)(predictedUs * Hardware.Slowness(device.Number));
                var bid = BidPolicy.Make(
                    NowUs, device.FreeUs, (long)(device.Agenda.AheadUs(request.Class, request.DeadlineUs) * Hardware.Slowness(device.Number)), serviceUs, request.DeadlineUs);
                Network.Send(() =>
                {
                    bids[place] = bid;
                    if (++answers == count)
                        Award(request, asked, bids, predictedUs);
                });
            });
        }
    }

    private void Award(SimulatedRequest request, int[] asked, Bid[] bids, int predictedUs)
    {
        var best = BidPolicy.Best(bids);
        if (best < 0)
        {
            End(request, RequestEnd.Refused);
            return;
        }

        var terms = request.Terms(AnswerUs) with { Units = predictedUs };
        Network.Send(() => Taken(_devices[asked[best]], new Work<SimulatedRequest>(request, terms)));
    }

    private void Taken(BidDevice device, in Work<SimulatedRequest> work)
    {
        device.Backoff.Reset();
        if (!device.Agenda.TryAdd(work.Item, work.Terms))
            Answer(work.Item, RequestEnd.Refused);
        else if (!device.IsBusy)
            Start(device);
    }

    private void Start(BidDevice device)
    {
        var kind = device.Agenda.Next(NowUs, out var job, device.Batch, device.Dropped);
        foreach (var late in device.Dropped)
            Answer(late.Item, RequestEnd.Expired);
        device.Dropped.Clear();
        device.IsBusy = kind == AgendaKind.Job;
        if (!device.IsBusy)
        {
            Steal(device);
            return;
        }

        Recorder.Launched(job.Item, NowUs);
        var length = Hardware.DrawUs(device.Number, 0, job.Item.Units);
        device.FreeUs = NowUs + (long)(job.Terms.Units * Hardware.Slowness(device.Number));
        Loop.After(length, () =>
        {
            Recorder.LaunchEnded(1, 0, length);
            Answer(job.Item, RequestEnd.Done);
            Start(device);
        });
    }

    private void Steal(BidDevice thief)
    {
        if (thief.IsStealing || _devices.Length < 2)
            return;
        thief.IsStealing = true;
        var attempt = ++thief.Attempts;
        var victim = _devices[(thief.Number + 1 + Random.Next(_devices.Length - 1)) % _devices.Length];
        Network.Send(() =>
        {
            var ratio = Hardware.Slowness(thief.Number) / Hardware.Slowness(victim.Number);
            var isGiven = victim.Agenda.TryGive(Math.Max(NowUs, victim.FreeUs), NowUs + Options.RoundTripUs / 2, ratio, out var work);
            Network.Send(() =>
            {
                thief.IsStealing = false;
                if (isGiven)
                    Taken(thief, work);
                else if (!thief.IsBusy)
                    Loop.At(thief.Backoff.Missed(NowUs, Random), () => StealIfIdle(thief, attempt));
            });
        });
    }

    private void StealIfIdle(BidDevice device, int attempt)
    {
        if (!device.IsBusy && device.Attempts == attempt)
            Steal(device);
    }

    private void Answer(SimulatedRequest request, RequestEnd end) => Network.Answer(() => End(request, end));

    private sealed class BidDevice(int number, SimulationOptions options)
    {
        public int Number { get; } = number;

        public Agenda<SimulatedRequest> Agenda { get; } = new(options.Policy.QueueItemsMax);

        public StealBackoff Backoff { get; } = new(options.Policy.RoundTripUs, options.Policy.StealPauseMaxUs);

        public List<Work<SimulatedRequest>> Batch { get; } = [];

        public List<Work<SimulatedRequest>> Dropped { get; } = [];

        public bool IsBusy { get; set; }

        public bool IsStealing { get; set; }

        public int Attempts { get; set; }

        public long FreeUs { get; set; }
    }
}
