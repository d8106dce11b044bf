namespace IndustrialTwin.Simulation;

/// <summary>One stream of arrivals: Poisson with exponential sizes, or a trace played round and round from a random place.</summary>
internal sealed class ArrivalSource(ArrivalTrace? trace, double meanGapUs, Random random)
{
    private int _at = trace is null ? 0 : random.Next(trace.Gaps.Count);
    private double _restUs;

    public long NextGapUs()
    {
        var exact = _restUs + meanGapUs * (trace is null ? Exponential() : trace.Gaps[_at = (_at + 1) % trace.Gaps.Count]);
        var gap = (long)exact;
        // What rounding takes from one gap is given to the next, so that the rate is right at any load.
        _restUs = exact - gap;
        return gap;
    }

    public double NextSize() => trace is null ? Exponential() : trace.Sizes[_at];

    private double Exponential() => -Math.Log(1 - random.NextDouble());
}
