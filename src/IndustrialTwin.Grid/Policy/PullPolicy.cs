namespace IndustrialTwin.Policy;

/// <summary>
/// How an accelerator finds its next batch, without its actor. When it is about to go idle it probes a few of the queues that it can
/// serve and takes one whole batch from the most urgent (or, where none is, the fullest), so that it is there when the device is free.
/// Where those have nothing it rests: it says so on the site's board, and a queue that has work gives it a batch. Who had to rest last time
/// goes to the board at once, as long as it has to wait there: asking round among empty queues would be noise.
/// </summary>
/// <remarks>
/// Queues are numbers 0..n−1 of the accelerator's own list. The actor's part: at <see cref="PullAtUs"/>, and whenever the device has
/// neither launch nor batch, call <see cref="TryBegin"/> and send the probes; hand each answer to <see cref="Answered"/> (or
/// <see cref="Unanswered"/>); after the last, send the take that <see cref="TryChoose"/> names, and tell <see cref="TookBatch"/> or
/// <see cref="TookNothing"/>. Where either names none, call <see cref="Rest"/> and tell the board; a batch that then comes is
/// <see cref="Given"/>. An actor that becomes busy otherwise while <see cref="IsResting"/> calls <see cref="Leave"/> and takes its name
/// off the board.
/// </remarks>
/// <param name="queues">Queues that the accelerator can serve.</param>
/// <param name="options">The constants.</param>
public sealed class PullPolicy(int queues, PolicyOptions options)
{
    private const int None = -1;
    private readonly bool[] _isAsked = new bool[queues];
    private readonly QueueOffer[] _offers = new QueueOffer[queues];
    private int _pending;
    private int _taking = None;
    private bool _isQuiet;
    private long _restUs;

    /// <summary>What a round trip to the queues takes, measured by the actor.</summary>
    public RoundTripEstimate RoundTrip { get; } = new(options.RoundTripUs);

    /// <summary>Whether probes or a take are under way.</summary>
    public bool IsPulling => _pending > 0 || _taking != None;

    /// <summary>Whether the accelerator is on the board.</summary>
    public bool IsResting { get; private set; }

    /// <summary>When to begin, so that a batch is there at the end of a launch even if that comes early.</summary>
    /// <param name="launchEndUs">When the launch is expected to end.</param>
    /// <param name="errorUs">How far off that may be.</param>
    public long PullAtUs(long launchEndUs, long errorUs) => launchEndUs - errorUs - (long)(options.LeadRoundTrips * RoundTrip.BoundUs);

    /// <summary>Chooses the queues to probe.</summary>
    /// <param name="isIdle">Whether the device stands idle already: then the board is quicker.</param>
    /// <param name="random">Chooses.</param>
    /// <param name="chosen">Receives the queues; its length is at least <see cref="PolicyOptions.Probes"/>.</param>
    /// <param name="count">How many were chosen.</param>
    /// <returns>False where there is nothing to probe: rest.</returns>
    /// <exception cref="InvalidOperationException">Probes or a take are under way, or the accelerator rests.</exception>
    public bool TryBegin(bool isIdle, Random random, Span<int> chosen, out int count)
    {
        if (IsPulling || IsResting)
            throw new InvalidOperationException(IsResting ? "The accelerator rests; a batch will be given to it." : "The accelerator probes already; wait for the answers.");
        Array.Clear(_offers);
        Array.Clear(_isAsked);
        count = isIdle || _isQuiet ? 0 : RandomChoice.Distinct(random, queues, chosen[..Math.Min(options.Probes, queues)]);
        foreach (var queue in chosen[..count])
            _isAsked[queue] = true;
        _pending = count;
        return count > 0;
    }

    /// <summary>A queue answered its probe.</summary>
    /// <returns>Whether that was the last answer: it is time for <see cref="TryChoose"/>.</returns>
    public bool Answered(int queue, QueueOffer offer)
    {
        if (!_isAsked[queue])
            return false;
        _isAsked[queue] = false;
        _offers[queue] = offer;
        return --_pending == 0;
    }

    /// <summary>A queue did not answer its probe in time, or is gone.</summary>
    /// <returns>Whether no other answer is awaited: it is time for <see cref="TryChoose"/>.</returns>
    public bool Unanswered(int queue) => Answered(queue, default);

    /// <summary>
    /// Chooses the queue to take from: control first, then work that no other accelerator was just offered; of that the most urgent, or
    /// the fullest batch where nothing is urgent. False where no answer is left with work: rest.
    /// </summary>
    public bool TryChoose(out int queue)
    {
        queue = None;
        for (var i = 0; i < queues; i++)
        {
            if (!_offers[i].IsEmpty && !_offers[i].IsPromised && (queue == None || IsBetter(_offers[i], _offers[queue])))
                queue = i;
        }

        _taking = queue;
        return queue != None;
    }

    /// <summary>The take brought a batch.</summary>
    public void TookBatch(int queue)
    {
        if (queue == _taking)
            _taking = None;
    }

    /// <summary>
    /// The take brought nothing, as others were quicker, or no answer. What the other queues offered is old by now: who runs after it comes
    /// too late again and again, while the board knows who waits. <see cref="TryChoose"/> names none.
    /// </summary>
    public void TookNothing(int queue)
    {
        if (queue != _taking)
            return;
        _taking = None;
        Array.Clear(_offers);
    }

    /// <summary>The accelerator goes to the board.</summary>
    public void Rest(long nowUs) => (IsResting, _isQuiet, _restUs) = (true, true, nowUs);

    /// <summary>The accelerator leaves the board, since it has work of its own.</summary>
    public void Leave() => IsResting = false;

    /// <summary>A queue gives a batch to this accelerator, since the board named it.</summary>
    /// <returns>Whether it takes it; if not, its actor gives the batch back.</returns>
    public bool Given(long nowUs)
    {
        if (!IsResting)
            return false;
        IsResting = false;
        // Work that was there already says that the quiet is over.
        _isQuiet = nowUs - _restUs > 2 * RoundTrip.BoundUs;
        return true;
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
