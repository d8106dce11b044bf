using IndustrialTwin.Policy;

namespace IndustrialTwin.Simulation;

/// <summary>The actor of one (site, kernel) queue: it carries messages to and from <see cref="WorkQueue{TItem,TDevice}"/>, nothing else.</summary>
internal sealed class PullQueue
{
    private readonly PullGrid _grid;
    private readonly List<Work<SimulatedRequest>> _dropped = [];
    private WorkQueue<SimulatedRequest, int> _queue;
    private long _sweepUs = long.MaxValue;

    public PullQueue(PullGrid grid, int number, int site, int kernel)
    {
        _grid = grid;
        (Number, Site, Kernel) = (number, site, kernel);
        _queue = new WorkQueue<SimulatedRequest, int>(grid.Policy);
    }

    public int Number { get; }

    public int Site { get; }

    public int Kernel { get; }

    public bool IsUp { get; private set; } = true;

    public void Submit(SimulatedRequest request)
    {
        if (!IsUp)
            return;
        var answerUs = request.Site == Site ? _grid.AnswerMarginUs : _grid.SiteAnswerUs;
        var answer = _queue.Submit(request, request.Terms(answerUs), _grid.TimeUs);
        if (answer.IsTaken)
            Done();
        else
            _grid.NotDone(request, Site, RequestEnd.Refused);
    }

    /// <summary>Tells how long such a request would take here.</summary>
    public void Outlook(SimulatedRequest request, Action<long> reply)
    {
        if (IsUp)
            reply(_queue.ServiceUs(request.Terms(_grid.SiteAnswerUs), _grid.TimeUs));
    }

    public void Probe(int device, CostEstimate cost, long startUs, Action<QueueOffer> reply)
    {
        if (!IsUp)
            return;
        reply(_queue.Probe(device, cost, startUs, _grid.TimeUs, _dropped));
        Done();
    }

    public void Take(int device, CostEstimate cost, long startUs, Action<long, List<Work<SimulatedRequest>>> reply)
    {
        if (!IsUp)
            return;
        var batch = new List<Work<SimulatedRequest>>();
        var lease = _queue.Take(device, cost, startUs, _grid.TimeUs, batch, _dropped);
        if (lease != 0)
            _grid.Watch.Gives(Number, _grid.TimeUs);
        reply(lease, batch);
        Done();
    }

    /// <summary>The board names an accelerator.</summary>
    public void Give(int device, long freeUs)
    {
        if (!IsUp)
            return;
        var batch = new List<Work<SimulatedRequest>>();
        var startUs = Math.Max(freeUs, _grid.TimeUs + _grid.RoundTripUs / 2);
        var lease = _queue.Give(device, startUs, _grid.TimeUs, batch, _dropped, out var cost);
        if (lease == 0)
        {
            _grid.Rest(device, freeUs);
        }
        else
        {
            _grid.Watch.Gives(Number, _grid.TimeUs);
            _grid.Hand(this, device, lease, batch, cost);
        }

        Done();
    }

    public void Calibrate(int device, CostEstimate cost)
    {
        if (IsUp)
            _queue.Calibrate(device, cost);
    }

    public void GiveBack(long lease)
    {
        if (!IsUp)
            return;
        _queue.GiveBack(lease, _grid.TimeUs, _dropped);
        Done();
    }

    public void Completed(long lease, int device, CostEstimate cost)
    {
        if (IsUp)
            _queue.Completed(lease, device, cost);
    }

    public void DeviceLost(int device)
    {
        if (!IsUp)
            return;
        _queue.Lost(device, _grid.TimeUs, _dropped);
        Done();
    }

    /// <summary>Its silo died, and what waited with it.</summary>
    public void Die()
    {
        IsUp = false;
        _queue = new WorkQueue<SimulatedRequest, int>(_grid.Policy);
        _grid.Watch.Waits(Number, 0, _grid.TimeUs);
    }

    /// <summary>It was activated anew on another silo, and knows nothing.</summary>
    public void Revive() => IsUp = true;

    private void Done()
    {
        foreach (var work in _dropped)
            _grid.NotDone(work.Item, Site, RequestEnd.Expired);
        _dropped.Clear();
        if (_queue.TryCall(_grid.TimeUs, out var call))
            _grid.Call(this, call);
        _grid.Watch.Waits(Number, _queue.BatchesFor(_queue.SlowestCost, _grid.TimeUs), _grid.TimeUs);
        var next = _queue.NextSweepUs;
        if (next >= _sweepUs)
            return;
        _sweepUs = next;
        _grid.At(next, () => Sweep(next));
    }

    private void Sweep(long dueUs)
    {
        if (_sweepUs == dueUs)
            _sweepUs = long.MaxValue;
        if (!IsUp)
            return;
        _queue.Sweep(_grid.TimeUs, _dropped);
        Done();
    }
}
