namespace IndustrialTwin.Policy;

/// <summary>
/// How an accelerator finds its next batch, without its actor. When it is about to go idle it probes a few of the queues that it can
/// serve and takes one whole batch from the most urgent (or, where none is, the fullest), so that it is there when the device is free. Where those have
/// nothing, it asks all others at once; a queue that had nothing wakes it, so it asks that one no more until then.
/// </summary>
/// <remarks>
/// Queues are numbers 0..n−1 of the accelerator's own list. The actor's part: at <see cref="PullAtUs"/>, and whenever the device has
/// neither launch nor batch, call <see cref="BeginProbes"/> and send the probes; hand each answer to <see cref="Answered"/> (or
/// <see cref="Unanswered"/>); after the last, send the take that <see cref="TryChoose"/> names, and tell <see cref="TookBatch"/> or
/// <see cref="TookNothing"/>; where there is none to choose, begin again.
/// Zero probes begun says that all queues will wake it.
/// </remarks>
/// <param name="queues">Queues that the accelerator can serve.</param>
/// <param name="options">The constants.</param>
public sealed class PullPolicy(int queues, PolicyOptions options)
{
    private const int None = -1;
    private readonly bool[] _isParked = new bool[queues];
    private readonly bool[] _hasCalled = new bool[queues];
    private readonly bool[] _isAsked = new bool[queues];
    private readonly QueueOffer[] _offers = new QueueOffer[queues];
    private readonly int[] _candidates = new int[queues];
    private readonly int[] _picks = new int[queues];
    private int _pending;
    private int _taking = None;
    private bool _wasEmpty;

    /// <summary>What a round trip to the queues takes, measured by the actor.</summary>
    public RoundTripEstimate RoundTrip { get; } = new(options.RoundTripUs);

    /// <summary>Whether probes or a take are under way.</summary>
    public bool IsPulling => _pending > 0 || _taking != None;

    /// <summary>When to begin, for a launch that is expected to end at this time.</summary>
    public long PullAtUs(long launchEndUs) => launchEndUs - (long)(options.LeadRoundTrips * RoundTrip.BoundUs);

    /// <summary>Chooses the queues to probe.</summary>
    /// <param name="isIdle">Whether the device has nothing to do already: then all queues are asked at once.</param>
    /// <param name="random">Chooses.</param>
    /// <param name="chosen">Receives the queues; at least as long as the accelerator's list.</param>
    /// <returns>How many; 0 where every queue will wake this accelerator.</returns>
    /// <exception cref="InvalidOperationException">Probes or a take are under way.</exception>
    public int BeginProbes(bool isIdle, Random random, Span<int> chosen)
    {
        if (IsPulling)
            throw new InvalidOperationException("The accelerator probes already; wait for the answers.");
        Array.Clear(_offers);
        var limit = isIdle || _wasEmpty ? queues : options.Probes;
        var begun = 0;
        // Queues that called while the device was busy come first.
        for (var queue = 0; queue < queues && begun < limit; queue++)
        {
            if (_hasCalled[queue])
                chosen[begun++] = queue;
        }

        var candidates = 0;
        for (var queue = 0; queue < queues; queue++)
        {
            if (!_isParked[queue] && !_hasCalled[queue])
                _candidates[candidates++] = queue;
        }

        var picked = RandomChoice.Distinct(random, candidates, _picks.AsSpan(0, Math.Min(candidates, limit - begun)));
        for (var i = 0; i < picked; i++)
            chosen[begun++] = _candidates[_picks[i]];
        Array.Clear(_isAsked);
        foreach (var queue in chosen[..begun])
            (_isAsked[queue], _hasCalled[queue]) = (true, false);
        _pending = begun;
        _wasEmpty = false;
        return begun;
    }

    /// <summary>A queue answered its probe.</summary>
    /// <returns>Whether that was the last answer: it is time for <see cref="TryChoose"/>.</returns>
    public bool Answered(int queue, QueueOffer offer)
    {
        if (!Close(queue))
            return false;
        _offers[queue] = offer;
        _isParked[queue] = offer.IsEmpty;
        return _pending == 0;
    }

    /// <summary>A queue did not answer its probe in time, or is gone.</summary>
    /// <returns>Whether no other answer is awaited: it is time for <see cref="TryChoose"/>.</returns>
    public bool Unanswered(int queue)
    {
        if (!Close(queue))
            return false;
        _isParked[queue] = false;
        return _pending == 0;
    }

    /// <summary>
    /// Chooses the queue to take from: control first, then work that no other accelerator was just offered; of that the most urgent, or
    /// the fullest batch where nothing is urgent. False where no answer is left with work: the next <see cref="BeginProbes"/> asks all
    /// queues.
    /// </summary>
    public bool TryChoose(out int queue)
    {
        queue = None;
        for (var i = 0; i < queues; i++)
        {
            if (!_offers[i].IsEmpty && (queue == None || IsBetter(_offers[i], _offers[queue])))
                queue = i;
        }

        _taking = queue;
        _wasEmpty = queue == None;
        return queue != None;
    }

    /// <summary>The take brought a batch.</summary>
    public void TookBatch(int queue)
    {
        if (queue == _taking)
            _taking = None;
    }

    /// <summary>The take brought nothing: others were quicker. <see cref="TryChoose"/> names the next best.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="isParked">Whether the queue said so, and will wake; false where it did not answer.</param>
    public void TookNothing(int queue, bool isParked)
    {
        if (queue != _taking)
            return;
        _taking = None;
        _offers[queue] = default;
        _isParked[queue] = isParked;
    }

    /// <summary>A queue wakes this accelerator.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="isFree">Whether the device has no batch in hand and is idle or about to be, by <see cref="PullAtUs"/>.</param>
    /// <returns>True: send it a take at once. False: answer that there is other work; the queue is asked first when that is done.</returns>
    public bool Wake(int queue, bool isFree)
    {
        _isParked[queue] = false;
        if (isFree && !IsPulling)
        {
            _taking = queue;
            return true;
        }

        _hasCalled[queue] = true;
        return false;
    }

    /// <summary>A queue was lost and begins anew: it does not know that this accelerator waits.</summary>
    /// <returns>As <see cref="Unanswered"/>.</returns>
    public bool QueueLost(int queue)
    {
        _isParked[queue] = false;
        return Unanswered(queue);
    }

    private bool Close(int queue)
    {
        var isOpen = _isAsked[queue];
        _isAsked[queue] = false;
        if (isOpen)
            _pending--;
        return isOpen;
    }

    private static bool IsBetter(in QueueOffer offer, in QueueOffer best)
    {
        if (offer.IsControl != best.IsControl)
            return offer.IsControl;
        if (offer.IsPromised != best.IsPromised)
            return best.IsPromised;
        if (offer.IsUrgent != best.IsUrgent)
            return offer.IsUrgent;
        return offer.IsUrgent || offer.Fill.Equals(best.Fill) ? offer.LatestStartUs < best.LatestStartUs : offer.Fill > best.Fill;
    }
}
