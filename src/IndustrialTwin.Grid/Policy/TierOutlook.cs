namespace IndustrialTwin.Policy;

/// <summary>
/// What a caller knows of the same work in the tier above: how far it is and how long it would take, as that tier said when it was last
/// asked. It asks again when that was long ago; the requests in between go by what it knows.
/// </summary>
/// <param name="roundTripUs">The way there and back until it is measured, microseconds.</param>
/// <param name="freshUs">How long an answer counts, microseconds.</param>
public sealed class TierOutlook(long roundTripUs, long freshUs)
{
    private const long Never = long.MinValue / 2;
    private long _heardUs = Never;
    private long _serviceUs;

    /// <summary>The way there and back.</summary>
    public RoundTripEstimate RoundTrip { get; } = new(roundTripUs);

    /// <summary>How long the tier above takes, waiting included, as it last said, microseconds.</summary>
    public long ServiceUs => _serviceUs;

    /// <summary>Whether the tier above must be asked before a request can go there.</summary>
    public bool IsStale(long nowUs) => nowUs - _heardUs >= freshUs;

    /// <summary>The tier above has answered.</summary>
    /// <param name="askedUs">When it was asked.</param>
    /// <param name="nowUs">The time.</param>
    /// <param name="serviceUs">How long it would take for such a request, waiting included, microseconds.</param>
    public void Heard(long askedUs, long nowUs, long serviceUs)
    {
        RoundTrip.Observe(Math.Max(1, nowUs - askedUs));
        (_heardUs, _serviceUs) = (nowUs, serviceUs);
    }

    /// <summary>Whether a request goes up, as <see cref="TierRule.GoesUp"/> says. What is stale counts for nothing: it does not.</summary>
    public bool GoesUp(in WorkTerms terms, long nowUs) => !IsStale(nowUs) && TierRule.GoesUp(terms, nowUs, RoundTrip.BoundUs, _serviceUs);
}
