using IndustrialTwin.Policy;

namespace IndustrialTwin.Simulation;

/// <summary>The policy in a simulated grid: actors of queues and accelerators, callers, and what goes wrong.</summary>
internal sealed class PullGrid : Grid
{
    private readonly PullQueue[] _queues;
    private readonly PullDevice[] _devices;
    private readonly PullBoard[] _boards;
    private readonly Dictionary<int, SimulatedRequest> _open = [];
    private readonly Random _fate;
    private readonly PullTiers _tiers;

    public PullGrid(SimulationOptions options)
        : base(options)
    {
        _fate = new Random(options.Seed * 31 + 13);
        Watch = new IdleWatch(options.Devices, options.Sites * options.Kernels, options.Sites);
        _queues = [.. Enumerable.Range(0, options.Sites * options.Kernels)
            .Select(number => new PullQueue(this, number, number / options.Kernels, number % options.Kernels))];
        _tiers = new PullTiers(this, _queues, options);
        _boards = [.. Enumerable.Range(0, options.Sites).Select(_ => new PullBoard(this))];
        _devices = [.. Enumerable.Range(0, options.Devices).Select(number =>
        {
            var site = number % options.Sites;
            return new PullDevice(this, number, site, _queues[(site * options.Kernels)..((site + 1) * options.Kernels)]);
        })];
    }

    public PolicyOptions Policy => Options.Policy;

    public int Kernels => Options.Kernels;

    public IdleWatch Watch { get; }

    public long TimeUs => NowUs;

    public Random Chance => Random;

    public long RoundTripUs => Options.RoundTripUs;

    public long AnswerMarginUs => AnswerUs;

    public long SiteAnswerUs => Options.SiteMessageUs;

    protected override IdleWatch Idle => Watch;

    public void At(long timeUs, Action action) => Loop.At(timeUs, action);

    /// <summary>Timers that only a fault can make necessary; without faults they are left out to save time.</summary>
    public void IfFaulty(long delayUs, Action action)
    {
        if (Options.Faults.IsAny)
            Loop.After(delayUs, action);
    }

    /// <summary>A message between an accelerator and a queue.</summary>
    public void Send(PullDevice device, PullQueue queue, Action deliver) => Network.Send(deliver, device.Site != queue.Site);

    /// <summary>A message that places work between sites.</summary>
    public void SendFar(Action deliver) => Network.Send(deliver, isBetweenSites: true);

    /// <summary>A queue speaks to its site's board.</summary>
    public void Call(PullQueue queue, BoardCall call) => Network.Send(() => _boards[queue.Site].Wants(queue.Number, call));

    /// <summary>An accelerator's name goes on its site's board.</summary>
    public void Rest(int device, long freeUs) => Network.Send(() => _boards[_devices[device].Site].Rests(device, freeUs));

    /// <summary>An accelerator's name comes off the board.</summary>
    public void Leave(int device) => Network.Send(() => _boards[_devices[device].Site].Leaves(device));

    /// <summary>A board tells a queue of an accelerator.</summary>
    public void Match(int queue, int device, long freeUs) => Network.Send(() => _queues[queue].Give(device, freeUs));

    /// <summary>A queue gives a batch to an accelerator.</summary>
    public void Hand(PullQueue queue, int device, long lease, List<Work<SimulatedRequest>> batch, CostEstimate cost) =>
        Network.Send(() => _devices[device].Given(queue.Kernel, lease, batch, cost));

    public long DrawUs(int device, int kernel, long units) => Hardware.DrawUs(device, kernel, units);

    public void Launched(SimulatedRequest request) => Recorder.Launched(request, NowUs);

    public void WentUp() => Recorder.WentUp++;

    public void LaunchEnded(long units, double predictedUs, long actualUs) => Recorder.LaunchEnded(units, predictedUs, actualUs);

    public void EndHere(SimulatedRequest request, RequestEnd end)
    {
        End(request, end);
        if (Options.Faults.IsAny)
            _open.Remove(request.Number);
    }

    /// <summary>Answers a caller.</summary>
    public void Answer(SimulatedRequest request, RequestEnd end, int site) => Network.Answer(() => EndHere(request, end), site != request.Site);

    /// <summary>Answers the callers of a batch.</summary>
    public void Done(List<Work<SimulatedRequest>> batch, int site)
    {
        if (batch is [{ Item.Class: RequestClass.Control }])
        {
            EndHere(batch[0].Item, RequestEnd.Done);
            return;
        }

        // One message to the callers of this site, and one between sites for those that had gone up.
        AnswerAll(batch, site, isNear: true);
        AnswerAll(batch, site, isNear: false);
    }

    private void AnswerAll(List<Work<SimulatedRequest>> batch, int site, bool isNear)
    {
        if (!batch.Exists(work => work.Item.Site == site == isNear))
            return;
        Network.Answer(
            () =>
            {
                foreach (var work in batch)
                {
                    if (work.Item.Site == site == isNear)
                        EndHere(work.Item, RequestEnd.Done);
                }
            },
            !isNear);
    }

    /// <summary>A queue refused, or let go of what nobody could do in time; its caller goes up a tier where there is one and time for it.</summary>
    public void NotDone(SimulatedRequest request, int site, RequestEnd end) =>
        Network.Answer(() => _tiers.NotDone(request, site, end), site != request.Site);

    protected override void Begin()
    {
        foreach (var device in _devices)
            device.Begin();
        Plan(Options.Faults.DeviceDeathEveryUs, () => KillDevice(_fate.Next(_devices.Length)));
        Plan(Options.Faults.SiloDeathEveryUs, () => KillSilo(_fate.Next(Options.Sites), _fate.Next(Options.Silos)));
    }

    protected override void Place(SimulatedRequest request)
    {
        if (Options.Faults.IsAny)
        {
            _open.Add(request.Number, request);
            Guard(request, Hardware.Cost(0, request.Kernel).PredictUs(Policy.BatchUnitsMax));
        }

        if (request.Class == RequestClass.Control)
            Control(request);
        else
            Submit(request);
    }

    private void Control(SimulatedRequest request)
    {
        // Its own node's devices: those of its site share the arrivals evenly.
        var first = Random.Next(_devices.Length);
        for (var i = 0; i < _devices.Length; i++)
        {
            var device = _devices[(first + i) % _devices.Length];
            if (device.Site != request.Site || !device.IsAlive)
                continue;
            device.Control(request);
            return;
        }
    }

    public void Submit(SimulatedRequest request)
    {
        var queue = _queues[_tiers.PlaceOf(request) * Options.Kernels + request.Kernel];
        Network.Send(() => queue.Submit(request), request.IsUp);
    }

    /// <summary>What a caller does that hears nothing: it asks again, and gives up at the deadline.</summary>
    private void Guard(SimulatedRequest request, long leastUs)
    {
        var retryUs = RetryRule.RetryAtUs(NowUs, request.DeadlineUs, leastUs);
        if (retryUs == long.MaxValue)
        {
            Loop.At(request.DeadlineUs + RoundTripUs, () =>
            {
                if (Recorder.IsOpen(request))
                    EndHere(request, RequestEnd.Expired);
            });
            return;
        }

        Loop.At(retryUs, () =>
        {
            if (!Recorder.IsOpen(request))
                return;
            if (request.Class == RequestClass.Control)
                Control(request);
            else
                Submit(request);
            Guard(request, leastUs);
        });
    }

    private void Plan(long everyUs, Action strike)
    {
        if (everyUs <= 0)
            return;
        Loop.After((long)(-Math.Log(1 - _fate.NextDouble()) * everyUs), () =>
        {
            strike();
            Plan(everyUs, strike);
        });
    }

    private void KillDevice(int number)
    {
        var device = _devices[number];
        if (!device.IsAlive)
            return;
        device.Die();
        Loop.After(Options.Faults.DetectUs, () =>
        {
            foreach (var queue in _queues)
                queue.DeviceLost(number);
            _boards[device.Site].Leaves(number);
        });
        Loop.After(Options.Faults.DownUs, device.Begin);
    }

    private void KillSilo(int site, int silo)
    {
        for (var device = 0; device < _devices.Length; device++)
        {
            if (device % Options.Sites == site && device / Options.Sites % Options.Silos == silo)
                KillDevice(device);
        }

        var board = _boards[site];
        if (silo == 0 && board.IsUp)
        {
            board.Die();
            Loop.After(Options.Faults.DetectUs, () =>
            {
                board.Revive();
                foreach (var device in _devices.Where(device => device.Site == site))
                    device.BoardLost();
            });
        }

        for (var kernel = silo; kernel < Options.Kernels; kernel += Options.Silos)
        {
            var queue = _queues[site * Options.Kernels + kernel];
            if (!queue.IsUp)
                continue;
            queue.Die();
            Loop.After(Options.Faults.DetectUs, () => Reactivate(queue));
        }
    }

    /// <summary>The queue's calls fail by now: accelerators and callers turn to its new activation.</summary>
    private void Reactivate(PullQueue queue)
    {
        queue.Revive();
        foreach (var device in _devices)
        {
            if (device.Site == queue.Site)
                device.QueueLost(queue.Kernel);
        }

        foreach (var request in _open.Values.Where(request => request.Kernel == queue.Kernel && request.Class != RequestClass.Control).ToArray())
        {
            if (_tiers.PlaceOf(request) == queue.Site)
                Submit(request);
        }
    }
}
