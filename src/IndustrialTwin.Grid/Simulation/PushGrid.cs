using IndustrialTwin.Policy;

namespace IndustrialTwin.Simulation;

/// <summary>
/// The baselines: a request is placed at once on a device, which batches what was sent to it and drops early. Random, the shorter of
/// two backlogs, the shortest of all, or the best of six bids.
/// </summary>
internal sealed class PushGrid : Grid
{
    private readonly PushDevice[] _devices;
    private readonly int _asked;

    public PushGrid(SimulationOptions options)
        : base(options)
    {
        _devices = [.. Enumerable.Range(0, options.Devices).Select(_ => new PushDevice(new LocalQueues(options)))];
        _asked = Math.Min(options.Devices, options.Placement switch
        {
            Placement.Random => 1,
            Placement.PowerOfTwo => 2,
            Placement.Bid => options.Policy.Bids,
            Placement.ContractNet => 6,
            Placement.LeastLoaded => options.Devices,
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Placement, "Not a placement that pushes."),
        });
    }

    protected override void Begin()
    {
    }

    protected override void Place(SimulatedRequest request)
    {
        if (_asked == 1)
        {
            var device = Random.Next(_devices.Length);
            Network.Send(() => Arrived(device, request));
            return;
        }

        var asked = new int[_asked];
        RandomChoice.Distinct(Random, _devices.Length, asked);
        var (answers, best, bestUs) = (0, -1, double.MaxValue);
        foreach (var device in asked)
        {
            Network.Send(() =>
            {
                var backlogUs = BacklogUs(device, request);
                Network.Send(() =>
                {
                    if (backlogUs < bestUs)
                        (best, bestUs) = (device, backlogUs);
                    if (++answers == asked.Length)
                        Network.Send(() => Arrived(best, request));
                });
            });
        }
    }

    /// <summary>Bids say when this request would be done; the others compare how much waits.</summary>
    private double BacklogUs(int device, SimulatedRequest request)
    {
        var waiting = _devices[device].Queues.WorkUs(kernel => Hardware.Cost(device, kernel)) + Math.Max(0, _devices[device].EndUs - NowUs);
        return Options.Placement is Placement.Bid or Placement.ContractNet ? waiting + Hardware.Cost(device, request.Kernel).PredictUs(request.Units) : waiting;
    }

    private void Arrived(int device, SimulatedRequest request)
    {
        _devices[device].Queues.Add(request);
        if (!_devices[device].IsBusy)
            Start(device);
    }

    private void Start(int device)
    {
        var state = _devices[device];
        var batch = new List<SimulatedRequest>();
        var kernel = state.Queues.Take(NowUs, asked => Hardware.Cost(device, asked), batch, request => Answer([request], RequestEnd.Expired));
        state.IsBusy = kernel >= 0;
        if (kernel < 0)
            return;
        var units = 0L;
        foreach (var request in batch)
        {
            units += request.Units;
            Recorder.Launched(request, NowUs);
        }

        var length = Hardware.DrawUs(device, kernel, units);
        state.EndUs = NowUs + Hardware.Cost(device, kernel).PredictUs(units);
        Loop.After(length, () =>
        {
            Recorder.LaunchEnded(units, 0, length);
            Answer(batch, RequestEnd.Done);
            Start(device);
        });
    }

    private void Answer(List<SimulatedRequest> requests, RequestEnd end) => Network.Answer(() =>
    {
        foreach (var request in requests)
            End(request, end);
    });

    private sealed class PushDevice(LocalQueues queues)
    {
        public LocalQueues Queues { get; } = queues;

        public bool IsBusy { get; set; }

        public long EndUs { get; set; }
    }
}
