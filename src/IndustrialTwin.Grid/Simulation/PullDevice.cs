using IndustrialTwin.Policy;

namespace IndustrialTwin.Simulation;

/// <summary>
/// The actor of one accelerator: it carries messages between <see cref="PullPolicy"/>, <see cref="Agenda{TItem}"/> and the queues, runs
/// launches on the simulated hardware, and learns what they cost.
/// </summary>
internal sealed class PullDevice(PullGrid grid, int number, int site, PullQueue[] queues)
{
    private const int RestAgainRoundTrips = 20;
    private readonly int[] _chosen = new int[Math.Max(queues.Length, grid.Policy.Probes)];
    private readonly List<Work<SimulatedRequest>> _dropped = [];
    private Agenda<SimulatedRequest> _agenda = new(grid.Policy.QueueItemsMax);
    private PullPolicy _pull = new(queues.Length, grid.Policy);
    private CostModel[] _costs = [];
    private (int Queue, long Lease) _hand;
    private int _life;
    private long _round;
    private long _launch;
    private long _launchEndUs;
    private long _pullUs;
    private bool _isBusy;

    public int Site => site;

    public bool IsAlive { get; private set; }

    /// <summary>The device starts: it measures its kernels, and looks for work.</summary>
    public void Begin()
    {
        IsAlive = true;
        _costs = [.. queues.Select(queue => Calibrated(queue.Kernel))];
        _agenda = new Agenda<SimulatedRequest>(grid.Policy.QueueItemsMax);
        _pull = new PullPolicy(queues.Length, grid.Policy);
        grid.Watch.DeviceIdle(number, true, grid.TimeUs);
        foreach (var queue in queues)
        {
            var cost = _costs[queue.Kernel].Estimate;
            grid.Send(this, queue, () => queue.Calibrate(number, cost));
        }

        Pull();
    }

    /// <summary>The device dies with what it runs and holds; the others learn of it later.</summary>
    public void Die()
    {
        IsAlive = false;
        _life++;
        _isBusy = false;
        grid.Watch.DeviceIdle(number, false, grid.TimeUs);
    }

    /// <summary>A control request of its own node: no message, before everything else.</summary>
    public void Control(SimulatedRequest request)
    {
        var units = (int)_costs[request.Kernel].Estimate.PredictUs(request.Units);
        if (!_agenda.TryAdd(request, request.Terms() with { Units = units }))
            grid.EndHere(request, RequestEnd.Refused);
        else if (!_isBusy)
            Start();
    }

    public void Given(int queue, long lease, List<Work<SimulatedRequest>> batch, CostEstimate cost)
    {
        if (!IsAlive)
            return;
        if (_pull.Given(grid.TimeUs))
            Hold(queue, lease, batch, cost);
        else
            grid.Send(this, queues[queue], () => queues[queue].GiveBack(lease));
    }

    public void BoardLost()
    {
        if (IsAlive && _pull.IsResting)
            grid.Rest(number, StartUs);
    }

    public void QueueLost(int queue)
    {
        if (IsAlive && _pull.Unanswered(queue))
            Choose();
    }

    private void Pull()
    {
        if (!IsAlive || _agenda.HasBatch || _pull.IsPulling || _pull.IsResting)
            return;
        _round++;
        if (!_pull.TryBegin(!_isBusy, grid.Chance, _chosen, out var count))
            Rest();
        for (var i = 0; i < count; i++)
            Probe(_chosen[i]);
    }

    private void Probe(int queue)
    {
        var (life, round, sentUs, cost, startUs) = (_life, _round, grid.TimeUs, _costs[queue].Estimate, StartUs);
        grid.Send(this, queues[queue], () => queues[queue].Probe(number, cost, startUs, offer => grid.Send(this, queues[queue], () =>
        {
            if (life != _life || round != _round)
                return;
            _pull.RoundTrip.Observe(grid.TimeUs - sentUs);
            if (_pull.Answered(queue, offer))
                Choose();
        })));
        grid.IfFaulty(2 * grid.RoundTripUs, () =>
        {
            if (life == _life && round == _round && _pull.Unanswered(queue))
                Choose();
        });
    }

    private void Choose()
    {
        if (_pull.TryChoose(out var queue))
            Take(queue);
        else
            Rest();
    }

    private void Rest()
    {
        _pull.Rest(grid.TimeUs);
        grid.Rest(number, StartUs);
        RestAgain(_life);
    }

    /// <summary>Repeats what a lost message may have said.</summary>
    private void RestAgain(int life) => grid.IfFaulty(RestAgainRoundTrips * grid.RoundTripUs, () =>
    {
        if (life != _life || !_pull.IsResting)
            return;
        grid.Rest(number, StartUs);
        RestAgain(life);
    });

    private void Take(int queue)
    {
        var (life, round, cost, startUs) = (_life, ++_round, _costs[queue].Estimate, StartUs);
        grid.Send(this, queues[queue], () => queues[queue].Take(number, cost, startUs, (lease, batch) => grid.Send(this, queues[queue], () =>
        {
            if (life != _life || round != _round)
                return;
            _round++;
            if (lease == 0)
            {
                _pull.TookNothing(queue);
                Choose();
                return;
            }

            _pull.TookBatch(queue);
            Hold(queue, lease, batch, cost);
        })));
        grid.IfFaulty(2 * grid.RoundTripUs, () =>
        {
            if (life != _life || round != _round)
                return;
            _round++;
            _pull.TookNothing(queue);
            Choose();
        });
    }

    private void Hold(int queue, long lease, List<Work<SimulatedRequest>> batch, CostEstimate cost)
    {
        _agenda.Hold(batch, cost);
        _hand = (queue, lease);
        if (!_isBusy)
            Start();
    }

    private void Start()
    {
        var batch = new List<Work<SimulatedRequest>>();
        var hadBatch = _agenda.HasBatch;
        var kind = _agenda.Next(grid.TimeUs, out var job, batch, _dropped);
        foreach (var work in _dropped)
            grid.Answer(work.Item, RequestEnd.Expired, site);
        _dropped.Clear();
        if (hadBatch && !_agenda.HasBatch && kind != AgendaKind.Batch)
            Return(_hand);
        _isBusy = kind != AgendaKind.Nothing;
        grid.Watch.DeviceIdle(number, !_isBusy, grid.TimeUs);
        if (kind == AgendaKind.Batch)
            Launch(_hand.Queue, batch, _hand);
        else if (kind == AgendaKind.Job)
            Launch(job.Item.Kernel, [job], default);
        if (!_isBusy)
            Pull();
        else if (_pull.IsResting && !IsFree)
            Leave();
    }

    /// <summary>It has work of its own, and the board must not count on it.</summary>
    private void Leave()
    {
        _pull.Leave();
        grid.Leave(number);
    }

    private void Launch(int queue, List<Work<SimulatedRequest>> batch, (int Queue, long Lease) held)
    {
        var units = 0;
        foreach (var work in batch)
        {
            units += work.Terms.Class == RequestClass.Control ? 1 : work.Terms.Units;
            grid.Launched(work.Item);
        }

        var (life, launch, lengthUs, predictedUs) =
            (_life, ++_launch, grid.DrawUs(number, queues[queue].Kernel, units), _costs[queue].Estimate.PredictUs(units));
        var timeUs = _costs[queue].Estimate.TimeUs(units);
        _launchEndUs = grid.TimeUs + predictedUs;
        _pullUs = _pull.PullAtUs(_launchEndUs, _costs[queue].Estimate.BoundUs(units) - predictedUs);
        grid.At(grid.TimeUs + lengthUs, () =>
        {
            if (life != _life)
                return;
            _costs[queue].Observe(units, lengthUs);
            grid.LaunchEnded(units, timeUs, lengthUs);
            grid.Done(batch, site);
            if (held.Lease != 0)
                Return(held);
            Start();
        });
        grid.At(_pullUs, () =>
        {
            if (life == _life && launch == _launch)
                Pull();
        });
    }

    private void Return((int Queue, long Lease) held)
    {
        var cost = _costs[held.Queue].Estimate;
        grid.Send(this, queues[held.Queue], () => queues[held.Queue].Completed(held.Lease, number, cost));
    }

    /// <summary>When a batch that is asked for now could start: it takes a round trip to come.</summary>
    private long StartUs => Math.Max(grid.TimeUs + _pull.RoundTrip.MeanUs, _isBusy ? _launchEndUs : 0) + _agenda.JobsUs;

    private bool IsFree => _agenda.IsEmpty && (!_isBusy || grid.TimeUs >= _pullUs);

    private CostModel Calibrated(int kernel)
    {
        var model = new CostModel();
        int[] sizes = [1, grid.Policy.BatchUnitsMax / 2, grid.Policy.BatchUnitsMax];
        for (var pass = 0; pass < 3; pass++)
        {
            foreach (var units in sizes)
                model.Observe(Math.Max(1, units), grid.DrawUs(number, kernel, Math.Max(1, units)));
        }

        return model;
    }
}
