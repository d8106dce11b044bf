using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Machines;

/// <content>What others may see of the twin.</content>
internal sealed partial class MachineGrain
{
    /// <summary>How long a read waits for a twin that woke up to apply what the log has beyond its checkpoint.</summary>
    private static readonly TimeSpan CatchUpPatience = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public async Task<MachineSnapshot> GetSnapshot()
    {
        await _caughtUp; // Or a read might see less than one before the twin moved.
        return Snapshot();
    }

    /// <inheritdoc/>
    public async Task<SampleSeries> GetSamples(SampleQuery query, CancellationToken cancellationToken) =>
        await _log.ReadSamplesAsync(_machine, Checked(query), cancellationToken);

    /// <inheritdoc/>
    public async Task<FeatureSeries> GetFeature(SampleQuery query, CancellationToken cancellationToken) =>
        await _log.ReadFeatureAsync(_machine, Checked(query), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<MachineSnapshot> Watch(TimeSpan interval, CancellationToken cancellationToken) =>
        _changes.Watch(interval, Snapshot, cancellationToken);

    private static SampleQuery Checked(SampleQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.PointsMax is < 1 or > SampleQuery.PointsLimit)
        {
            throw new ArgumentOutOfRangeException(nameof(query), query.PointsMax, $"PointsMax must lie within 1 and {SampleQuery.PointsLimit}.");
        }

        return query;
    }

    private MachineSummary Summary()
    {
        var now = _clock.NowUs();
        return new MachineSummary(
            _machine,
            (_fence << 32) + ++_summaryVersion,
            _twin.Declaration?.Title ?? _machine.Name,
            _twin.Declaration?.Type ?? string.Empty,
            _twin.Health(now),
            _twin.Running?.State ?? RunningState.Unknown,
            (_twin.Running?.RunningUs ?? 0) / 1000,
            (_twin.Running?.ObservedUs ?? 0) / 1000,
            [.. _twin.AlarmSnapshots(now).Where(alarm => alarm.Condition != AlarmCondition.Normal)],
            _twin.NewestUs);
    }

    private MachineSnapshot Snapshot() => new(
        Summary(),
        IsDeclared,
        _declared.Declaration?.Revision,
        _twin.ChannelValues(),
        _twin.FeatureValues(),
        _twin.AlarmSnapshots(_clock.NowUs()),
        new IngestCounts(
            _twin.Counts.Batches, _duplicates, _rejected, _twin.Counts.Samples, _twin.Counts.Quarantined, _twin.Counts.Late, _twin.Ledger.Missing),
        _pump is { } pump ? pump.IsIdle ? pump.Analysed : Math.Max(pump.Newest, pump.Analysed + 1) : _checkpoint.State.AnalysedPosition,
        _pump?.Analysed ?? _checkpoint.State.AnalysedPosition,
        _pump?.Accelerator,
        _twin.WatermarkUs)
    {
        Controls = _controls?.ToSnapshots() ?? [],
        Commands = [.. _twin.Commands],
    };
}
