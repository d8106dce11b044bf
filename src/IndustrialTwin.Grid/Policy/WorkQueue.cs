namespace IndustrialTwin.Policy;

/// <summary>
/// The whole behaviour of the queue of one (site, kernel), without its actor. Requests are admitted and wait in deadline order;
/// accelerators that are about to go idle probe it and take whole batches; work that nobody has come for is called out on the site's
/// board; what an accelerator took and lost comes back. Nobody else places work.
/// </summary>
/// <remarks>
/// Used by one caller at a time. After each call the actor tells the board what <see cref="TryCall"/> says, and it calls
/// <see cref="Sweep"/> at <see cref="NextSweepUs"/>. Work handed out in <c>dropped</c> has expired; the actor tells its callers.
/// </remarks>
/// <typeparam name="TItem">What is asked for.</typeparam>
/// <typeparam name="TDevice">How accelerators are named.</typeparam>
public sealed class WorkQueue<TItem, TDevice>
    where TDevice : notnull
{
    private const int CallAgainRoundTrips = 20;
    private readonly PolicyOptions _options;
    private readonly EdfQueue<TItem> _waiting;
    private readonly DrainRate _drain = new();
    private readonly LeaseTable<TItem, TDevice> _leases = new();
    private readonly Dictionary<TDevice, CostEstimate> _costs = [];
    private readonly CallCount _calls = new();
    private readonly List<(TDevice Device, long UntilUs)> _promises = [];
    private readonly List<Work<TItem>> _back = [];
    private readonly HashSet<TItem> _known = [];
    private CostEstimate? _best;
    private double _fullUnitsPerUs;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="options">The limits; validated here.</param>
    public WorkQueue(PolicyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _waiting = new EdfQueue<TItem>(options.QueueItemsMax);
    }

    /// <summary>Requests that wait.</summary>
    public int Count => _waiting.Count;

    /// <summary>Units that wait.</summary>
    public long Units => _waiting.Units;

    /// <summary>Batches that accelerators have.</summary>
    public int Leases => _leases.Count;

    /// <summary>When <see cref="Sweep"/> is due, or <see cref="long.MaxValue"/>.</summary>
    public long NextSweepUs => Math.Min(Math.Min(_leases.NextUs, _calls.RepeatUs), HopelessUs);

    /// <summary>What a launch costs on the best accelerator that has asked, or null.</summary>
    public CostEstimate? BestCost => _best;

    /// <summary>What a launch costs on the slowest accelerator that has asked, or null.</summary>
    public CostEstimate? SlowestCost { get; private set; }

    /// <summary>Begins with an estimate of what launches cost, such as one measured before.</summary>
    public void Calibrate(TDevice device, CostEstimate cost)
    {
        if (_costs.TryGetValue(device, out var known) && known == cost)
            return;
        _costs[device] = cost;
        FindBest();
    }

    /// <summary>Admits a request, or says when it could be done. A retry of one that waits or runs is accepted and adds nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The request has no units, or more than a batch: it is a job to be bid for.</exception>
    public AdmissionAnswer Submit(TItem item, in WorkTerms terms, long nowUs)
    {
        if (terms.Units < 1 || terms.Units > _options.BatchUnitsMax)
        {
            throw new ArgumentOutOfRangeException(
                nameof(terms), terms.Units, $"A request to a queue must have 1..{_options.BatchUnitsMax} units; larger ones are bid for.");
        }

        if (_known.Contains(item))
            return new AdmissionAnswer(AdmissionKind.Accepted, terms.DeadlineUs, nowUs);
        var answer = Admission.Decide(
            terms, nowUs, _waiting.UnitsAhead(terms.Class, terms.DeadlineUs), _options.BatchUnitsMax,
            _drain.UnitsPerUs(nowUs, _fullUnitsPerUs), _drain.Pressure(nowUs), _best);
        if (!answer.IsTaken)
            return answer;
        if (!_waiting.TryAdd(item, terms with { DeadlineUs = answer.DeadlineUs }, out _))
            return answer with { Kind = AdmissionKind.Refused, IsFull = true };
        _known.Add(item);
        _drain.Waiting(nowUs);
        return answer;
    }

    /// <summary>How long such a request would take if it came now, waiting included, microseconds; nothing is admitted.</summary>
    public long ServiceUs(in WorkTerms terms, long nowUs) => Admission.Decide(
        terms, nowUs, _waiting.UnitsAhead(terms.Class, terms.DeadlineUs), _options.BatchUnitsMax,
        _drain.UnitsPerUs(nowUs, _fullUnitsPerUs), _drain.Pressure(nowUs), _best).EarliestUs - nowUs;

    /// <summary>Batches that wait, the last of which may not be full; none where an accelerator that is called now could do none of it in time.</summary>
    /// <param name="cost">What a launch costs it, or null where that is not known.</param>
    /// <param name="nowUs">The time.</param>
    public int BatchesFor(CostEstimate? cost, long nowUs)
    {
        var startUs = nowUs + _options.RoundTripUs;
        return TryFindFeasible(startUs + (cost?.BoundUs(Math.Min(_waiting.Units, _options.BatchUnitsMax)) ?? 0), out _, out _, out _)
            ? (int)((_waiting.Units + _options.BatchUnitsMax - 1) / _options.BatchUnitsMax)
            : 0;
    }

    /// <summary>What the board must be told. False where it knows.</summary>
    public bool TryCall(long nowUs, out BoardCall call)
    {
        var wanted = Math.Min(BatchesFor(_best, nowUs), Math.Max(1, _costs.Count));
        return _calls.TrySay(wanted, nowUs, CallAgainRoundTrips * _options.RoundTripUs, out call);
    }

    /// <summary>Answers an accelerator that is about to go idle.</summary>
    /// <param name="device">Who asks.</param>
    /// <param name="cost">What a launch costs it.</param>
    /// <param name="startUs">When it could start.</param>
    /// <param name="nowUs">The time.</param>
    /// <param name="dropped">Receives requests that no accelerator could do in time any more.</param>
    public QueueOffer Probe(TDevice device, CostEstimate cost, long startUs, long nowUs, ICollection<Work<TItem>> dropped)
    {
        Calibrate(device, cost);
        DropHopeless(nowUs, dropped);
        var units = Math.Min(_waiting.Units, _options.BatchUnitsMax);
        var bound = units == 0 ? 0 : cost.BoundUs(units);
        if (!TryFindFeasible(startUs + bound, out _, out var terms, out _))
            return default;
        _promises.RemoveAll(promise => promise.UntilUs <= nowUs || EqualityComparer<TDevice>.Default.Equals(promise.Device, device));
        var promised = _promises.Count + _calls.Fresh(nowUs, _options.RoundTripUs);
        var isPromised = (long)promised * _options.BatchUnitsMax >= _waiting.Units;
        _promises.Add((device, nowUs + 2 * _options.RoundTripUs));
        var latestStart = terms.DeadlineUs - bound;
        var isUrgent = latestStart - startUs < _options.UrgentBatches * bound;
        return new QueueOffer(
            _waiting.Units, (double)units / _options.BatchUnitsMax, latestStart, isUrgent, terms.Class == RequestClass.Control, isPromised);
    }

    /// <summary>Lets an accelerator that has probed take one whole batch, most urgent first.</summary>
    /// <param name="device">Who takes.</param>
    /// <param name="cost">What a launch costs it.</param>
    /// <param name="startUs">When it will start.</param>
    /// <param name="nowUs">The time.</param>
    /// <param name="batch">Receives the batch.</param>
    /// <param name="dropped">Receives requests that no accelerator could do in time any more.</param>
    /// <returns>The lease to give back by <see cref="Completed"/>, or 0 where nothing is left.</returns>
    public long Take(TDevice device, CostEstimate cost, long startUs, long nowUs, List<Work<TItem>> batch, ICollection<Work<TItem>> dropped)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Calibrate(device, cost);
        _promises.RemoveAll(promise => EqualityComparer<TDevice>.Default.Equals(promise.Device, device));
        DropHopeless(nowUs, dropped);
        batch.Clear();
        var units = 0L;
        // The batch is as large as the backlog makes it. Who cannot wait for that whole batch does not shrink it.
        var finish = startUs + cost.BoundUs(Math.Max(1, Math.Min(_waiting.Units, _options.BatchUnitsMax)));
        while (TryFindFeasible(finish, out var item, out var terms, out var place)
            && (batch.Count == 0 || units + terms.Units <= _options.BatchUnitsMax))
        {
            _waiting.TryRemove(place);
            batch.Add(new Work<TItem>(item, terms));
            units += terms.Units;
        }

        if (batch.Count == 0)
            return 0;
        _drain.Taken(units, nowUs, _waiting.Count > 0);
        var length = Math.Max(_options.LeaseMinUs, (long)(_options.LeaseRatio * cost.BoundUs(Math.Max(units, _options.BatchUnitsMax))));
        return _leases.Give(device, Math.Max(startUs, nowUs) + length + 4 * _options.RoundTripUs, batch);
    }

    /// <summary>
    /// Gives one whole batch to an accelerator that the board named; the actor sends it, or puts the accelerator back on the board where
    /// the answer is 0, since others were quicker.
    /// </summary>
    /// <inheritdoc cref="Take"/>
    public long Give(TDevice device, long startUs, long nowUs, List<Work<TItem>> batch, ICollection<Work<TItem>> dropped, out CostEstimate cost)
    {
        _calls.Came();
        cost = _costs.TryGetValue(device, out var known) ? known : _best ?? default;
        return Take(device, cost, startUs, nowUs, batch, dropped);
    }

    /// <summary>An accelerator has ended all requests of a batch. False where it was too long about it and others have them.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="device">The accelerator.</param>
    /// <param name="cost">What a launch costs it, as it knows now.</param>
    public bool Completed(long lease, TDevice device, CostEstimate cost)
    {
        Calibrate(device, cost);
        return _leases.Return(lease, _known);
    }

    /// <summary>An accelerator gives a batch back undone, such as when its device failed.</summary>
    public void GiveBack(long lease, long nowUs, ICollection<Work<TItem>> dropped)
    {
        _leases.TakeBack(lease, _back);
        Requeue(nowUs, dropped);
    }

    /// <summary>Takes back what accelerators have too long, and lets go of what cannot be done any more.</summary>
    public void Sweep(long nowUs, ICollection<Work<TItem>> dropped)
    {
        _leases.Lapse(nowUs, _back);
        Requeue(nowUs, dropped);
    }

    /// <summary>An accelerator is gone: its batches come back.</summary>
    public void Lost(TDevice device, long nowUs, ICollection<Work<TItem>> dropped)
    {
        _leases.Lost(device, _back);
        if (_costs.Remove(device))
            FindBest();
        Requeue(nowUs, dropped);
    }

    private void Requeue(long nowUs, ICollection<Work<TItem>> dropped)
    {
        ArgumentNullException.ThrowIfNull(dropped);
        foreach (var work in _back)
        {
            if (!_waiting.TryAdd(work.Item, work.Terms, out _))
                Drop(work, dropped);
        }

        if (_back.Count > 0)
            _drain.Waiting(nowUs);
        _back.Clear();
        DropHopeless(nowUs, dropped);
    }

    /// <summary>Early drop: who cannot head its batch on the best accelerator, even if that starts now, is let go of.</summary>
    private void DropHopeless(long nowUs, ICollection<Work<TItem>> dropped)
    {
        ArgumentNullException.ThrowIfNull(dropped);
        while (HopelessUs <= nowUs && _waiting.TryTake(out var item, out var terms))
        {
            _drain.Dropped(nowUs);
            Drop(new Work<TItem>(item, terms), dropped);
        }
    }

    /// <summary>From when on the first request cannot be done in time any more.</summary>
    private long HopelessUs => _waiting.TryPeek(out _, out var terms)
        ? terms.DeadlineUs + 1 - (_best?.PredictUs(Math.Max(terms.Units, Math.Min(_waiting.Units, _options.BatchUnitsMax))) ?? 0)
        : long.MaxValue;

    private void Drop(Work<TItem> work, ICollection<Work<TItem>> dropped)
    {
        _known.Remove(work.Item);
        dropped.Add(work);
    }

    private bool TryFindFeasible(long finishUs, out TItem item, out WorkTerms terms, out EdfPlace place) =>
        _waiting.TryFind(EdfPlace.First(RequestClass.Control, finishUs), out item!, out terms, out place) && place.Lane == 0
        || _waiting.TryFind(EdfPlace.First(RequestClass.Monitor, finishUs), out item!, out terms, out place);

    private void FindBest()
    {
        (_best, SlowestCost, _fullUnitsPerUs) = (null, null, 0);
        foreach (var cost in _costs.Values)
        {
            _fullUnitsPerUs += _options.BatchUnitsMax / Math.Max(1.0, cost.PredictUs(_options.BatchUnitsMax));
            if (_best is not { } best || cost.PredictUs(_options.BatchUnitsMax) < best.PredictUs(_options.BatchUnitsMax))
                _best = cost;
            if (SlowestCost is not { } slowest || cost.BoundUs(_options.BatchUnitsMax) > slowest.BoundUs(_options.BatchUnitsMax))
                SlowestCost = cost;
        }

        _drain.MemoryUs = _best?.PredictUs(_options.BatchUnitsMax) ?? 0;
    }
}
