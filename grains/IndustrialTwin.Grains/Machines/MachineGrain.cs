using System.Diagnostics;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Changes;
using IndustrialTwin.Lines;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;

namespace IndustrialTwin.Machines;

/// <summary>
/// The twin of one machine. It brings batches to the log and log entries to the <see cref="MachineTwin"/>; what they mean is the
/// twin's own matter.
/// </summary>
[GrainType("itwin.machine")]
internal sealed partial class MachineGrain : Grain, IMachineGrain, IDisposable
{
    private readonly IPersistentState<MachineState> _checkpoint;
    private readonly ISampleLog _log;
    private readonly MachineEventCodec _events;
    private readonly LocalAccelerators _accelerators;
    private readonly MachineOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<MachineGrain> _logger;
    private readonly Dictionary<BatchName, Task<AppendReply>> _inFlight = new(0);
    private readonly ChangeFeed _changes = new();
    private readonly Outbox _report;
    private readonly MachineKey _machine;
    private MachineTwin _twin;
    private TwinPump? _pump;
    private long _fence;
    private long _eventSequence;
    private long _summaryVersion;
    private long _duplicates;
    private long _rejected;
    private long _checkpointedAt;
    private long _checkpointedEntries;
    private (MachineHealth, RunningState, long Alarms, bool Retired) _reported;
    private long _reportedAt;

    public MachineGrain(
        [PersistentState("machine", "twins")] IPersistentState<MachineState> checkpoint,
        IGrainContext context,
        ISampleLog log,
        MachineEventCodec events,
        LocalAccelerators accelerators,
        IOptions<MachineOptions> options,
        TimeProvider clock,
        ILogger<MachineGrain> logger)
    {
        (_checkpoint, _log, _events, _accelerators) = (checkpoint, log, events, accelerators);
        (_options, _clock, _logger) = (options.Value, clock, logger);
        _machine = MachineKey.Parse(context.GrainId.Key.ToString()!);
        _twin = new MachineTwin(_machine, new MachineState());
        _report = new Outbox(
            () => GrainFactory.GetGrain<ILineGrain>(_machine.Line.Value).Report(Summary()), fault => LogReportFailed(_machine, fault));
    }

    private bool IsDeclared => _twin.Declaration is not null && !_twin.IsRetired;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (_checkpoint.State.Declaration is not null)
        {
            await ClaimAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_pump is { } pump)
        {
            await pump.StopAsync(_options.DrainTimeout);
            if (!pump.IsTorn && pump.Applied > _checkpointedEntries)
            {
                await StoreCheckpointAsync(pump);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _pump?.Dispose();

    /// <inheritdoc/>
    public async Task<ObserveReply> Observe(SampleBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var span = MachineTelemetry.Start("machine observe", _machine, batch.TraceParent);
        var reply = Fault(batch) is { } fault ? ObserveReply.Rejected(fault.Reason, fault.Detail) : await CommitAsync(batch, span);
        _duplicates += reply.Outcome == ObserveOutcome.Duplicate ? 1 : 0;
        _rejected += reply.Outcome == ObserveOutcome.Rejected ? 1 : 0;
        span?.SetTag("itwin.outcome", reply.Outcome.ToString()).SetTag("itwin.samples", reply.SamplesAccepted);
        MachineTelemetry.Observed(reply);
        return reply;
    }

    /// <inheritdoc/>
    public async Task<bool> Apply(MachineDeclaration declaration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(declaration);
        if (declaration.Machine != _machine)
        {
            throw new ArgumentException($"{_machine}: the declaration is one of '{declaration.Machine}'; expected one of '{_machine}'.", nameof(declaration));
        }

        if (_pump is null)
        {
            await ClaimAsync(cancellationToken);
        }

        if (IsDeclared && _twin.Declaration!.Revision == declaration.Revision)
        {
            return false;
        }

        await AppendAsync(new MachineDeclared(declaration));
        await StoreCheckpointAsync(_pump!);
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> Retire(CancellationToken cancellationToken)
    {
        if (!IsDeclared)
        {
            return false;
        }

        await AppendAsync(new MachineRetired());
        await StoreCheckpointAsync(_pump!);
        return true;
    }

    /// <inheritdoc/>
    public Task<MachineSnapshot> GetSnapshot() => Task.FromResult(Snapshot());

    /// <inheritdoc/>
    public async Task<SampleSeries> GetSamples(SampleQuery query, CancellationToken cancellationToken) =>
        await _log.ReadSamplesAsync(_machine, Checked(query), cancellationToken);

    /// <inheritdoc/>
    public async Task<FeatureSeries> GetFeature(SampleQuery query, CancellationToken cancellationToken) =>
        await _log.ReadFeatureAsync(_machine, Checked(query), cancellationToken);

    /// <inheritdoc/>
    public async Task<AlarmReply> CommandAlarm(AlarmCommand command, CancellationToken cancellationToken)
    {
        var now = _clock.NowUs();
        if (AlarmCommandRules.Fault(_machine, _twin, command, now) is { } fault)
        {
            return new AlarmReply(false, fault, _twin.JudgeOf(command.Alarm)?.State.ToSnapshot(_machine, _twin.JudgeOf(command.Alarm)!.Declaration, now));
        }

        await AppendAsync(new AlarmCommanded(command, now));
        var judge = _twin.JudgeOf(command.Alarm)!;
        return new AlarmReply(true, null, judge.State.ToSnapshot(_machine, judge.Declaration, _clock.NowUs()));
    }

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

    private (QuarantineReason Reason, string Detail)? Fault(SampleBatch batch)
    {
        if (!IsDeclared)
        {
            return _twin.IsRetired
                ? (QuarantineReason.RetiredMachine, $"{_machine}: the machine is retired; declare it in its plant file again.")
                : (QuarantineReason.UnknownMachine, $"{_machine}: no plant file declares the machine; apply one that does.");
        }

        if (batch.Machine != _machine)
        {
            return (QuarantineReason.InvalidSchema, $"{_machine}: the batch is one of '{batch.Machine}'.");
        }

        if (batch.Epoch < 0 || batch.Sequence < 0 || string.IsNullOrEmpty(batch.Source) || batch.Source.Length > 64)
        {
            return (QuarantineReason.InvalidSequence,
                $"{_machine}: source '{batch.Source}', epoch {batch.Epoch}, sequence {batch.Sequence}; expected a name of 1 to 64 characters and numbers from 0 on.");
        }

        if (!_twin.Ledger.HasRoomFor(batch.Source))
        {
            return (QuarantineReason.TooManySources, $"{_machine}: source '{batch.Source}' is one more than the {SequenceLedger.SourcesMax} that a twin keeps apart.");
        }

        return BatchScreening.SchemaFault(batch) is { } schema ? (QuarantineReason.InvalidSchema, schema) : null;
    }

    private async Task<ObserveReply> CommitAsync(SampleBatch batch, Activity? span)
    {
        var name = new BatchName(batch.Source, batch.Epoch, batch.Sequence);
        if (_twin.Ledger.Contains(name))
        {
            return ObserveReply.Duplicate;
        }

        if (_inFlight.TryGetValue(name, out var same))
        {
            await same; // A duplicate is acknowledged no earlier than what it repeats.
            return ObserveReply.Duplicate;
        }

        var started = Stopwatch.GetTimestamp();
        var screened = BatchScreening.Screen(batch, _twin.Declaration!, _clock.NowUs());
        var append = AppendAsync(batch, screened);
        if (!append.IsCompleted)
        {
            _inFlight.Add(name, append);
        }

        AppendReply reply;
        try
        {
            // Not cancelled with its caller: the entry is on its way to the log, and what becomes of it must be known here.
            reply = await append;
        }
        finally
        {
            _inFlight.Remove(name);
        }

        switch (reply.Outcome)
        {
            case AppendOutcome.Committed:
                _twin.Ledger.Add(name);
                _pump!.Add(TwinEntry.Of(new CommittedBatch(reply.Position, name, screened.Good, screened.SamplesBad, span?.Id)));
                MachineTelemetry.Committed(Stopwatch.GetElapsedTime(started));
                return new ObserveReply(
                    ObserveOutcome.Accepted, screened.SamplesGood, screened.SamplesBad, Quarantined: screened.Bad is { Count: > 0 } bad ? [.. bad] : null);
            case AppendOutcome.AlreadyThere:
                _twin.Ledger.Add(name);
                return ObserveReply.Duplicate;
            default:
                throw Lost();
        }
    }

    private Task<AppendReply> AppendAsync(SampleBatch batch, ScreenedBatch screened)
    {
        long first = long.MaxValue, last = long.MinValue;
        foreach (var column in screened.Good)
        {
            foreach (var time in column.TimesUs)
            {
                first = Math.Min(first, time);
                last = Math.Max(last, time);
            }
        }

        return _log.AppendAsync(
            new LogEntry(
                _machine, _fence, LogEntryKind.Samples, batch.Source, batch.Epoch, batch.Sequence, SampleBatchCodec.Encode(screened.Good),
                screened.SamplesGood == 0 ? 0 : first, screened.SamplesGood == 0 ? 0 : last, screened.SamplesGood, screened.Bad),
            CancellationToken.None).AsTask();
    }

    /// <summary>Appends an event and waits until the twin has applied it.</summary>
    private async Task AppendAsync(MachineEvent machineEvent)
    {
        var now = _clock.NowUs();
        var reply = await _log.AppendAsync(
            new LogEntry(
                _machine, _fence, LogEntryKind.Event, MachineEvent.Source, _fence, _eventSequence++, _events.Encode(machineEvent), now, now, 0, []),
            CancellationToken.None);
        if (reply.Outcome != AppendOutcome.Committed)
        {
            throw Lost();
        }

        await _pump!.ApplyAsync(new TwinEntry(reply.Position, null, machineEvent));
    }

    private async Task ClaimAsync(CancellationToken cancellationToken)
    {
        _fence = await _log.ClaimAsync(_machine, cancellationToken);
        _twin = new MachineTwin(_machine, _checkpoint.State);
        _checkpointedAt = _reportedAt = _clock.GetTimestamp();
        _pump = new TwinPump(_machine, _twin, _fence, _log, _events, _accelerators, _options, _logger)
        {
            Stepped = SteppedAsync,
            Lost = DeactivateOnIdle,
        };
        _pump.CatchUp(_checkpoint.State);
    }

    private LogUnavailableException Lost()
    {
        DeactivateOnIdle();
        return new LogUnavailableException($"{_machine}: another activation of the twin has taken over; ask again.");
    }

    private async Task SteppedAsync()
    {
        _changes.Changed();
        var now = _clock.NowUs();
        var alarms = 0L;
        foreach (var alarm in _twin.Alarms)
        {
            alarms = (alarms * 31) + alarm.State.Raisings + (10 * (int)alarm.State.Condition(now));
        }

        var state = (_twin.Health(now), _twin.Running?.State ?? RunningState.Unknown, alarms, _twin.IsRetired);
        if (state != _reported || _clock.GetElapsedTime(_reportedAt) >= _options.ReportInterval)
        {
            (_reported, _reportedAt) = (state, _clock.GetTimestamp());
            _report.Post();
        }

        var pump = _pump!;
        var entries = pump.Applied - _checkpointedEntries;
        if (entries >= _options.CheckpointEntries || (entries > 0 && _clock.GetElapsedTime(_checkpointedAt) >= _options.CheckpointInterval))
        {
            await StoreCheckpointAsync(pump);
        }
    }

    private async Task StoreCheckpointAsync(TwinPump pump)
    {
        if (pump.IsTorn)
        {
            return;
        }

        (_checkpointedEntries, _checkpointedAt) = (pump.Applied, _clock.GetTimestamp());
        try
        {
            _checkpoint.State = _twin.ToState(pump.Analysed);
            await _checkpoint.WriteStateAsync();
        }
        catch (InconsistentStateException fault)
        {
            LogCheckpointFailed(_machine, fault);
            DeactivateOnIdle();
        }
        catch (Exception fault)
        {
            LogCheckpointFailed(_machine, fault); // The log has it all; the next checkpoint is tried in its time.
        }
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
        _twin.Declaration?.Revision,
        _twin.ChannelValues(),
        _twin.FeatureValues(),
        _twin.AlarmSnapshots(_clock.NowUs()),
        new IngestCounts(
            _twin.Counts.Batches, _duplicates, _rejected, _twin.Counts.Samples, _twin.Counts.Quarantined, _twin.Counts.Late, _twin.Ledger.Missing),
        _pump is { } pump ? pump.IsIdle ? pump.Analysed : Math.Max(pump.Newest, pump.Analysed + 1) : 0,
        _pump?.Analysed ?? 0,
        _pump?.Accelerator,
        _twin.WatermarkUs);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Machine}: the checkpoint could not be stored; the log has what it would have held.")]
    private partial void LogCheckpointFailed(MachineKey machine, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Machine}: the line could not be told of a change; it is told again in a second.")]
    private partial void LogReportFailed(MachineKey machine, Exception fault);
}
