namespace IndustrialTwin.Policy;

/// <summary>How long a question and its answer take, from those measured (Jacobson, "Congestion avoidance and control", 1988).</summary>
/// <param name="initialUs">What to assume until one was measured, microseconds.</param>
public sealed class RoundTripEstimate(long initialUs)
{
    private double _deviationUs = initialUs / 4.0;
    private double _meanUs = initialUs;
    private bool _isMeasured;

    /// <summary>The mean, microseconds.</summary>
    public long MeanUs => (long)Math.Ceiling(_meanUs);

    /// <summary>What a round trip hardly ever exceeds, microseconds.</summary>
    public long BoundUs => (long)Math.Ceiling(_meanUs + 4 * _deviationUs);

    /// <summary>Learns from one round trip.</summary>
    public void Observe(long elapsedUs)
    {
        if (!_isMeasured)
            (_meanUs, _deviationUs, _isMeasured) = (elapsedUs, elapsedUs / 4.0, true);
        var error = elapsedUs - _meanUs;
        _meanUs += error / 8;
        _deviationUs += (Math.Abs(error) - _deviationUs) / 4;
    }
}
