using System.Runtime.CompilerServices;
using IndustrialTwin.Analyses;
using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Benchmarks.Actors;

/// <summary>A log that says yes at once and keeps nothing, so that what a twin costs can be seen without it.</summary>
internal sealed class ForgetfulLog : ISampleLog
{
    private long _position;

    public LogHealth Health { get; } = new(true, null);

    public ValueTask<long> ClaimAsync(MachineKey machine, CancellationToken cancellationToken) => new(1);

    public ValueTask<AppendReply> AppendAsync(LogEntry entry, CancellationToken cancellationToken) =>
        new(new AppendReply(AppendOutcome.Committed, Interlocked.Increment(ref _position)));

    public async IAsyncEnumerable<LoggedEntry> ReadAsync(MachineKey machine, long afterPosition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield break;
    }

    public ValueTask<SampleSeries> ReadSamplesAsync(MachineKey machine, SampleQuery query, CancellationToken cancellationToken) => new(new SampleSeries([], [], false));

    public ValueTask<bool> AppendFeatureAsync(FeatureBlock block, CancellationToken cancellationToken) => new(true);

    public ValueTask<FeatureSeries> ReadFeatureAsync(MachineKey machine, SampleQuery query, CancellationToken cancellationToken) =>
        new(new FeatureSeries([], [], [], [], false));

    public ValueTask QuarantineAsync(QuarantineRecord record, CancellationToken cancellationToken) => default;

    public ValueTask<IReadOnlyList<QuarantineRecord>> ReadQuarantineAsync(MachineKey? machine, int recordsMax, CancellationToken cancellationToken) => new([]);

    public ValueTask<LogTotals> ReadTotalsAsync(CancellationToken cancellationToken) => new(new LogTotals(0, 0, 0, 0));
}
