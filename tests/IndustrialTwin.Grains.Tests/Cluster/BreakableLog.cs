using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using IndustrialTwin.Analyses;
using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Cluster;

/// <summary>How a log fails a machine.</summary>
internal enum LogFault
{
    None,

    /// <summary>It refuses every write before anything is written, claims too.</summary>
    Refuses,

    /// <summary>It fails while it commits, and the entry is not there.</summary>
    FailsBefore,

    /// <summary>It fails while it commits, and the entry is there all the same.</summary>
    FailsAfter,
}

/// <summary>A real log that can be made to fail chosen machines.</summary>
internal sealed class BreakableLog(ISampleLog log) : ISampleLog
{
    private readonly ConcurrentDictionary<MachineKey, LogFault> _faults = new();
    private readonly ConcurrentDictionary<MachineKey, TaskCompletionSource> _held = new();
    private readonly ConcurrentDictionary<MachineKey, int> _claims = new();
    private readonly ConcurrentDictionary<MachineKey, MachineKey> _exchanged = new();
    private readonly ConcurrentDictionary<MachineKey, int> _readings = new();
    private readonly ConcurrentDictionary<MachineKey, int> _readBack = new();

    public LogHealth Health => log.Health;

    public void Break(MachineKey machine, LogFault fault) => _faults[machine] = fault;

    /// <summary>Loses all that the log holds of a machine, as when its file was deleted.</summary>
    public void Forget(MachineKey machine) => _exchanged[machine] = MachineKey.Parse($"{machine.Line.Value}/{machine.Name}-anew");

    /// <summary>Lets a machine's points wait before they are written, until the answer is completed.</summary>
    public TaskCompletionSource HoldPoints(MachineKey machine) => _held[machine] = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Has the machine's next reading of entries fail after so many.</summary>
    public void BreakReading(MachineKey machine, int afterEntries) => _readings[machine] = afterEntries;

    /// <summary>Entries of a machine that were read back.</summary>
    public int ReadBackOf(MachineKey machine) => _readBack.GetValueOrDefault(machine);

    public int ClaimsOf(MachineKey machine) => _claims.GetValueOrDefault(machine);

    public async ValueTask<long> ClaimAsync(MachineKey machine, CancellationToken cancellationToken)
    {
        Check(machine, LogFault.Refuses);
        var fence = await log.ClaimAsync(Known(machine), cancellationToken);
        _claims.AddOrUpdate(machine, 1, (_, claims) => claims + 1);
        return fence;
    }

    public async ValueTask<AppendReply> AppendAsync(LogEntry entry, CancellationToken cancellationToken)
    {
        Check(entry.Machine, LogFault.Refuses);
        Check(entry.Machine, LogFault.FailsBefore);
        var reply = await log.AppendAsync(entry with { Machine = Known(entry.Machine) }, cancellationToken);
        Check(entry.Machine, LogFault.FailsAfter);
        return reply;
    }

    public async ValueTask<bool> AppendFeatureAsync(FeatureBlock block, CancellationToken cancellationToken)
    {
        Check(block.Machine, LogFault.Refuses);
        if (_held.TryGetValue(block.Machine, out var held))
        {
            await held.Task;
        }

        return await log.AppendFeatureAsync(block with { Machine = Known(block.Machine) }, cancellationToken);
    }

    public async IAsyncEnumerable<LoggedEntry> ReadAsync(
        MachineKey machine, long afterPosition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var entriesMax = _readings.TryRemove(machine, out var broken) ? broken : int.MaxValue;
        await foreach (var entry in log.ReadAsync(Known(machine), afterPosition, cancellationToken))
        {
            if (entriesMax-- == 0)
            {
                throw new LogUnavailableException($"The test breaks a reading of {machine}.");
            }

            _readBack.AddOrUpdate(machine, 1, (_, entries) => entries + 1);
            yield return entry;
        }
    }

    public IAsyncEnumerable<LoggedEntry> ReadEventsAsync(MachineKey machine, long afterPosition, CancellationToken cancellationToken) =>
        log.ReadEventsAsync(Known(machine), afterPosition, cancellationToken);

    public ValueTask<SampleSeries> ReadSamplesAsync(MachineKey machine, SampleQuery query, CancellationToken cancellationToken) =>
        log.ReadSamplesAsync(Known(machine), query, cancellationToken);

    public ValueTask<FeatureSeries> ReadFeatureAsync(MachineKey machine, SampleQuery query, CancellationToken cancellationToken) =>
        log.ReadFeatureAsync(Known(machine), query, cancellationToken);

    public ValueTask QuarantineAsync(QuarantineRecord record, CancellationToken cancellationToken) => log.QuarantineAsync(record, cancellationToken);

    public ValueTask<IReadOnlyList<QuarantineRecord>> ReadQuarantineAsync(MachineKey? machine, int recordsMax, CancellationToken cancellationToken) =>
        log.ReadQuarantineAsync(machine, recordsMax, cancellationToken);

    public ValueTask<LogTotals> ReadTotalsAsync(CancellationToken cancellationToken) => log.ReadTotalsAsync(cancellationToken);

    private void Check(MachineKey machine, LogFault fault)
    {
        if (_faults.GetValueOrDefault(machine) == fault)
        {
            throw new LogUnavailableException($"The test has broken the log of {machine}: {fault}.") { IsInDoubt = fault != LogFault.Refuses };
        }
    }

    private MachineKey Known(MachineKey machine) => _exchanged.GetValueOrDefault(machine, machine);
}
