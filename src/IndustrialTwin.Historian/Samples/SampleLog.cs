using System.Runtime.CompilerServices;
using IndustrialTwin.Analyses;
using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Samples;

/// <summary>The durable log over an engine: writes pass the group-commit writer, reads go to the engine.</summary>
internal sealed class SampleLog : ISampleLog, IAsyncDisposable
{
    private const int EntriesAtOnce = 256;

    private readonly ILogStore _store;
    private readonly GroupCommitWriter _writer;

    public SampleLog(ILogStore store, IOptions<SampleLogOptions> options, ILogger<SampleLog> logger)
        : this(store, options.Value, logger, TimeProvider.System, TaskScheduler.Default)
    {
    }

    /// <summary>A log in a time of its own: what it waits for and where its writer runs are given.</summary>
    internal SampleLog(ILogStore store, SampleLogOptions options, ILogger logger, TimeProvider clock, TaskScheduler scheduler)
    {
        _store = store;
        _writer = new GroupCommitWriter(store, options, logger, clock, scheduler);
    }

    /// <inheritdoc/>
    public LogHealth Health => _writer.Health;

    /// <inheritdoc/>
    public async ValueTask<long> ClaimAsync(MachineKey machine, CancellationToken cancellationToken) =>
        await WriteAsync(new ClaimWrite(machine), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AppendReply> AppendAsync(LogEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return new(WriteAsync(new EntryWrite(entry), cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<bool> AppendFeatureAsync(FeatureBlock block, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(block);
        if (block.TimesUs.Length != block.Values.Length || block.Values.Length != block.Filtered.Length || block.Filtered.Length != block.Exceeded.Length)
        {
            throw new ArgumentException($"{block.Machine}: the arrays of feature '{block.Feature}' differ in length.", nameof(block));
        }

        return block.TimesUs.Length == 0 ? new(true) : new(WriteAsync(new FeatureWrite(block), cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask QuarantineAsync(QuarantineRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        await WriteAsync(new QuarantineWrite(record), cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LoggedEntry> ReadAsync(
        MachineKey machine, long afterPosition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var entries = await ReachAsync(() => _store.ReadEntriesAsync(machine, afterPosition, EntriesAtOnce, cancellationToken));
            foreach (var entry in entries)
            {
                afterPosition = entry.Position;
                yield return entry;
            }

            if (entries.Count < EntriesAtOnce)
            {
                yield break;
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LoggedEntry> ReadEventsAsync(
        MachineKey machine, long afterPosition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var entry in await ReachAsync(() => _store.ReadEventsAsync(machine, afterPosition, cancellationToken)))
        {
            yield return entry;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<SampleSeries> ReadSamplesAsync(MachineKey machine, SampleQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return await ReachAsync(async () =>
        {
            var merge = new SeriesMerge<double>(query.FromUs, query.ToUs, query.PointsMax);
            await foreach (var batch in _store.ReadBatchesAsync(machine, query.FromUs, query.ToUs, cancellationToken))
            {
                if (!merge.Settle(batch.FirstUs))
                {
                    break;
                }

                if (Array.Find(Decoded(batch, bytes => SampleBatchCodec.Decode(bytes), $"{machine}: the log entry"), column => column.Channel == query.Name) is { } column)
                {
                    merge.Add(batch.Position, column.TimesUs, i => column.Values[i]);
                }
            }

            merge.Settle(long.MaxValue);
            return new SampleSeries([.. merge.TimesUs], [.. merge.Points], merge.More);
        });
    }

    /// <inheritdoc/>
    public async ValueTask<FeatureSeries> ReadFeatureAsync(MachineKey machine, SampleQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return await ReachAsync(async () =>
        {
            var merge = new SeriesMerge<(double Value, double Filtered, bool Exceeded)>(query.FromUs, query.ToUs, query.PointsMax);
            await foreach (var block in _store.ReadBlocksAsync(machine, query.Name, query.FromUs, query.ToUs, cancellationToken))
            {
                if (!merge.Settle(block.FirstUs))
                {
                    break;
                }

                var points = Decoded(block, bytes => FeatureBlockCodec.Decode(bytes), $"{machine}: the block of feature '{query.Name}'");
                merge.Add(block.Position, points.TimesUs, i => (points.Values[i], points.Filtered[i], points.Exceeded[i]));
            }

            merge.Settle(long.MaxValue);
            return new FeatureSeries(
                [.. merge.TimesUs],
                [.. merge.Points.Select(point => point.Value)],
                [.. merge.Points.Select(point => point.Filtered)],
                [.. merge.Points.Select(point => point.Exceeded)],
                merge.More);
        });
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<QuarantineRecord>> ReadQuarantineAsync(MachineKey? machine, int recordsMax, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(recordsMax, 1);
        return await ReachAsync(() => _store.ReadQuarantineAsync(machine, recordsMax, cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask<LogTotals> ReadTotalsAsync(CancellationToken cancellationToken) => await ReachAsync(() => _store.ReadTotalsAsync(cancellationToken));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _store.DisposeAsync();
    }

    private static T Decoded<T>(TimedPayload stretch, Func<byte[], T> decode, string name)
    {
        try
        {
            return decode(stretch.Payload);
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"{name} at position {stretch.Position} cannot be read: {fault.Message}", fault);
        }
    }

    private Task<TResult> WriteAsync<TResult>(LogWrite<TResult> write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _writer.Post(write);
        return cancellationToken.CanBeCanceled ? write.WaitAsync(cancellationToken) : write.Done;
    }

    private async Task<TResult> ReachAsync<TResult>(Func<Task<TResult>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception fault) when (fault is not OperationCanceledException && _store.IsUnavailable(fault))
        {
            throw new LogUnavailableException($"The durable log could not be read: {fault.Message}", fault);
        }
    }
}
