namespace IndustrialTwin.Simulation;

/// <summary>Messages that take their time, and that may be lost, late or doubled where faults are on.</summary>
internal sealed class Network(EventLoop loop, Recorder recorder, SimulationOptions options)
{
    private readonly Random _random = new(options.Seed * 31 + 11);

    /// <summary>Sends a message that places work.</summary>
    public void Send(Action deliver, bool isBetweenSites = false)
    {
        recorder.Message();
        Carry(deliver, isBetweenSites);
    }

    /// <summary>Sends an answer to a caller, which is not counted.</summary>
    public void Answer(Action deliver, bool isBetweenSites = false) => Carry(deliver, isBetweenSites);

    private void Carry(Action deliver, bool isBetweenSites)
    {
        var faults = options.Faults;
        if (faults.LossRatio > 0 && _random.NextDouble() < faults.LossRatio)
            return;
        var copies = faults.DuplicateRatio > 0 && _random.NextDouble() < faults.DuplicateRatio ? 2 : 1;
        for (var copy = 0; copy < copies; copy++)
        {
            var late = faults.DelayRatio > 0 && _random.NextDouble() < faults.DelayRatio ? faults.DelayUs : 0;
            loop.After(late + DelayUs(isBetweenSites), deliver);
        }
    }

    private long DelayUs(bool isBetweenSites) =>
        isBetweenSites ? options.SiteMessageUs : options.MessageUs + _random.NextInt64(options.MessageUs / 2 + 1);
}
