using IndustrialTwin.Policy;

namespace IndustrialTwin.Simulation;

/// <summary>
/// A deadline-ordered queue for each kernel and the choice of the most urgent batch, for a scheduler that sees all of them: the
/// omniscient one, and a device to which work was pushed.
/// </summary>
internal sealed class LocalQueues(SimulationOptions options)
{
    private readonly EdfQueue<SimulatedRequest>[] _queues =
        [.. Enumerable.Range(0, options.Kernels).Select(_ => new EdfQueue<SimulatedRequest>(options.Requests))];

    private readonly List<SimulatedRequest> _dropped = [];

    public int Count { get; private set; }

    public void Add(SimulatedRequest request)
    {
        _queues[request.Kernel].TryAdd(request, request.Terms(), out _);
        Count++;
    }

    /// <summary>Time that everything waiting takes in full batches, microseconds.</summary>
    public double WorkUs(Func<int, CostEstimate> cost)
    {
        if (options.IsJobs)
            return _queues[0].Units;
        var work = 0.0;
        for (var kernel = 0; kernel < _queues.Length; kernel++)
        {
            var units = _queues[kernel].Units;
            if (units > 0)
            {
                var launches = (units + options.Policy.BatchUnitsMax - 1) / options.Policy.BatchUnitsMax;
                work += launches * cost(kernel).SetupUs + units * cost(kernel).UnitUs;
            }
        }

        return work;
    }

    /// <summary>Takes the most urgent batch that is done in time; what could not be is dropped.</summary>
    /// <returns>The kernel, or −1.</returns>
    public int Take(long nowUs, Func<int, CostEstimate> cost, List<SimulatedRequest> batch, Action<SimulatedRequest> drop)
    {
        batch.Clear();
        var best = -1;
        var bestRank = (double.MaxValue, long.MaxValue);
        for (var kernel = 0; kernel < _queues.Length; kernel++)
        {
            var queue = _queues[kernel];
            while (queue.TryPeek(out var head, out var terms))
            {
                var units = Math.Max(terms.Units, Math.Min(queue.Units, options.Policy.BatchUnitsMax));
                var latest = terms.DeadlineUs - cost(kernel).BoundUs(units);
                if (latest >= nowUs)
                {
                    // The same rule as the policy's: what has time lets fuller batches go first, which cost less a request.
                    var isUrgent = latest - nowUs < options.Policy.UrgentBatches * cost(kernel).PredictUs(units);
                    var rank = (isUrgent ? 0 : 1 - (double)units / options.Policy.BatchUnitsMax, latest);
                    if (best < 0 || rank.CompareTo(bestRank) < 0)
                        (best, bestRank) = (kernel, rank);
                    break;
                }

                queue.TryTake(out _, out _);
                Count--;
                _dropped.Add(head);
            }
        }

        var taken = 0L;
        while (best >= 0 && _queues[best].TryPeek(out _, out var next) && (batch.Count == 0 || taken + next.Units <= options.Policy.BatchUnitsMax))
        {
            _queues[best].TryTake(out var request, out _);
            Count--;
            taken += next.Units;
            batch.Add(request!);
        }

        foreach (var request in _dropped)
            drop(request);
        _dropped.Clear();
        return best;
    }
}
