using IndustrialTwin.Policy;

namespace IndustrialTwin.Simulation;

/// <summary>
/// The omniscient reference: one scheduler that knows every queue, device and true cost at once, and whose messages take no time. It
/// keeps to the same rules: whole batches, the most urgent first, early drop.
/// </summary>
internal sealed class CentralGrid : Grid
{
    private readonly LocalQueues _queues;
    private readonly bool[] _isBusy;
    private int _idle;

    public CentralGrid(SimulationOptions options)
        : base(options)
    {
        _queues = new LocalQueues(options);
        _isBusy = new bool[options.Devices];
        _idle = options.Devices;
    }

    protected override void Begin()
    {
    }

    protected override void Place(SimulatedRequest request)
    {
        _queues.Add(request);
        Dispatch();
    }

    private void Dispatch()
    {
        while (_idle > 0 && _queues.Count > 0)
        {
            var device = FastestIdle();
            var batch = new List<SimulatedRequest>();
            var kernel = _queues.Take(NowUs, asked => Hardware.Cost(device, asked), batch, request => End(request, RequestEnd.Expired));
            if (kernel < 0)
                return;
            Launch(device, kernel, batch);
        }
    }

    private void Launch(int device, int kernel, List<SimulatedRequest> batch)
    {
        (_isBusy[device], _idle) = (true, _idle - 1);
        var units = 0L;
        foreach (var request in batch)
        {
            units += request.Units;
            Recorder.Launched(request, NowUs);
        }

        var length = Hardware.DrawUs(device, kernel, units);
        Loop.After(length, () =>
        {
            (_isBusy[device], _idle) = (false, _idle + 1);
            Recorder.LaunchEnded(units, 0, length);
            foreach (var request in batch)
                End(request, RequestEnd.Done);
            Dispatch();
        });
    }

    private int FastestIdle()
    {
        var fastest = -1;
        for (var device = 0; device < Options.Devices; device++)
        {
            if (!_isBusy[device] && (fastest < 0 || Hardware.Slowness(device) < Hardware.Slowness(fastest)))
                fastest = device;
        }

        return fastest;
    }
}
