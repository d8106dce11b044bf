using System.Diagnostics;
using IndustrialTwin.Alarms;
using IndustrialTwin.Changes;
using IndustrialTwin.Controls;
using IndustrialTwin.Identities;
using IndustrialTwin.Lines;
using IndustrialTwin.Nodes;
using IndustrialTwin.Samples;
using IndustrialTwin.Tenants;
using IndustrialTwin.Work;
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
    private readonly ComputeGrid _grid;
    private readonly NodeDevices _devices;
    private readonly ICommandSink _commands;
    private readonly IQuotas _quotas;
    private readonly MachineOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<MachineGrain> _logger;
    private readonly Dictionary<BatchName, Task<AppendReply>> _inFlight = new(0);
    private readonly ChangeFeed _changes = new();
    private readonly Outbox _report;
    private readonly TurnLog _turns;
    private readonly FallbackTimer _fallbacks;
    private readonly MachineKey _machine;
    private MachineTwin _twin;
    private DeclaredState _declared;
    private Task? _claiming;
    private Task _caughtUp = Task.CompletedTask;
    private bool _isInDoubt;
    private bool _isLeaving;
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
        ComputeGrid grid,
        NodeDevices devices,
        ICommandSink commands,
        IQuotas quotas,
        IOptions<MachineOptions> options,
        TimeProvider clock,
        ILogger<MachineGrain> logger)
        : base(context)
    {
        (_checkpoint, _log, _events, _grid, _devices, _commands, _quotas) = (checkpoint, log, events, grid, devices, commands, quotas);
        (_options, _clock, _logger) = (options.Value, clock, logger);
        _turns = new TurnLog(clock);
        _fallbacks = new FallbackTimer(clock, (watch, isNew) => _ = FallBackAsync(watch, isNew));
        _machine = MachineKey.Parse(context.GrainId.Key.ToString()!);
        _twin = new MachineTwin(_machine, new MachineState());
        _report = new Outbox(
            () => GrainFactory.GetGrain<ILineGrain>(_machine.Line.Value).Report(Summary()), fault => LogReportFailed(_machine, fault), clock);
    }

    private bool IsDeclared => _declared.IsActive;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // Without a checkpoint only the log knows whether the machine is declared: the checkpoint may have been lost.
        if (_checkpoint.State.Declaration is not null || (await DeclaredInLogAsync(default, 0, cancellationToken)).Declaration is not null)
        {
            try
            {
                await OwnAsync(cancellationToken);
            }
            catch (LogUnavailableException fault) when (_checkpoint.State.Declaration is not null)
            {
                LogNotOwned(_machine, fault);
                _twin = new MachineTwin(_machine, _checkpoint.State); // Until a write brings the log back, the twin shows its checkpoint.
                _declared = DeclaredState.Of(_twin);
            }
        }
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _isLeaving = true;
        _fallbacks.Dispose();
        if (_pump is { } pump)
        {
            var started = Stopwatch.GetTimestamp();
            await pump.StopAsync(_options.DrainTimeout);
            MachineTelemetry.Drained(Stopwatch.GetElapsedTime(started));
            if (!pump.IsWhole)
            {
                return;
            }

            if (pump.Applied - _checkpointedEntries >= _options.CheckpointEntriesMin)
            {
                await StoreCheckpointAsync(pump);
            }
            else
            {
                _checkpoint.State = CheckpointOf(pump); // Not stored; where the twin moves, the runtime hands it to the next activation, which replays as little.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _report.Stop();
        _fallbacks.Dispose();
        _pump?.Dispose();
    }

    /// <inheritdoc/>
    public async Task<ObserveReply> Observe(SampleBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var span = MachineTelemetry.Start("machine observe", _machine, batch.TraceParent);
        if (span is not null)
        {
            Waited(span, batch);
        }

        if (!IsDeclared)
        {
            await AskLogAsync();
        }

        var reply = BatchRules.Fault(_machine, _declared, _twin.Ledger, batch) is { } fault ? ObserveReply.Rejected(fault.Reason, fault.Detail) : await CommitAsync(batch, span);
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

        await OwnAsync(CancellationToken.None);
        if (IsDeclared && _declared.Declaration!.Revision == declaration.Revision)
        {
            return false;
        }

        await AppendAsync(new MachineDeclared(declaration));
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> Retire(CancellationToken cancellationToken)
    {
        if (!IsDeclared)
        {
            return false;
        }

        await OwnAsync(CancellationToken.None);
        await AppendAsync(new MachineRetired());
        return true;
    }

    /// <inheritdoc/>
    public async Task<AlarmReply> CommandAlarm(AlarmCommand command, CancellationToken cancellationToken)
    {
        if (Caller.Current is { } who)
        {
            command = command with { Operator = who.Label }; // Not what the command says of itself.
        }

        if (IsDeclared)
        {
            await OwnAsync(CancellationToken.None);
        }

        var now = _clock.NowUs();
        if (AlarmCommandRules.Fault(_machine, _twin, command, now) is { } fault)
        {
            return new AlarmReply(false, fault, _twin.JudgeOf(command.Alarm)?.State.ToSnapshot(_machine, _twin.JudgeOf(command.Alarm)!.Declaration, now));
        }

        await AppendAsync(new AlarmCommanded(command, now));
        var judge = _twin.JudgeOf(command.Alarm)!;
        return new AlarmReply(true, null, judge.State.ToSnapshot(_machine, judge.Declaration, _clock.NowUs()));
    }

    private async Task<ObserveReply> CommitAsync(SampleBatch batch, Activity? span)
    {
        var name = new BatchName(batch.Source, batch.Epoch, batch.Sequence);
        if (_isInDoubt && !_twin.Ledger.Contains(name))
        {
            // The log is away. What the machine must be told waits for it no longer than for any commit: not at all.
            Controls()?.Observe(batch, BatchScreening.Screen(batch, _declared.Declaration!, _clock.NowUs()).Good);
        }

        await OwnAsync(CancellationToken.None);
        if (_twin.Ledger.Contains(name))
        {
            return ObserveReply.Duplicate;
        }

        if (_inFlight.TryGetValue(name, out var same))
        {
            // A duplicate is acknowledged no earlier than what it repeats, and not at all if that was refused.
            return (await same).Outcome == AppendOutcome.Fenced ? throw TakenOver() : ObserveReply.Duplicate;
        }

        if (_quotas.AreLimited)
        {
            _quotas.TakeSamples(_machine.Site, batch.SampleCount);
        }

        var (started, turn) = (Stopwatch.GetTimestamp(), _turns.Begin());
        var screened = BatchScreening.Screen(batch, _declared.Declaration!, _clock.NowUs());
        Controls()?.Observe(batch, screened.Good);
        var (pump, fence) = (_pump!, _fence);
        var append = AppendAsync(batch, screened);
        var took = _turns.End(turn, "observe samples", batch.SampleCount);
        span?.SetTag("itwin.turn_ms", took.TotalMilliseconds);
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
                if (ReferenceEquals(pump, _pump))
                {
                    _twin.Ledger.Add(name); // Else a claim came between, and what follows from the log has it.
                }

                pump.Add(TwinEntry.Of(new CommittedBatch(reply.Position, name, screened.Good, screened.SamplesBad, span?.Id)));
                MachineTelemetry.Committed(Stopwatch.GetElapsedTime(started));
                span?.SetTag("itwin.commit_ms", Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                return new ObserveReply(
                    ObserveOutcome.Accepted, screened.SamplesGood, screened.SamplesBad, Quarantined: screened.Bad is { Count: > 0 } bad ? [.. bad] : null);
            case AppendOutcome.AlreadyThere:
                _twin.Ledger.Add(name);
                return ObserveReply.Duplicate;
            default:
                throw Lost(fence);
        }
    }

    private Task<AppendReply> AppendAsync(SampleBatch batch, ScreenedBatch screened)
    {
        var (first, last) = screened.Span;
        return WriteAsync(new LogEntry(
            _machine, _fence, LogEntryKind.Samples, batch.Source, batch.Epoch, batch.Sequence, SampleBatchCodec.Encode(screened.Good),
            first, last, screened.SamplesGood, screened.Bad));
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
        if (entries >= _options.CheckpointEntries || (entries >= _options.CheckpointEntriesMin && _clock.GetElapsedTime(_checkpointedAt) >= _options.CheckpointInterval))
        {
            await StoreCheckpointAsync(pump);
        }
    }

    private MachineState CheckpointOf(TwinPump pump) => _twin.ToState(pump.Analysed) with { Fence = _fence };

    private async Task StoreCheckpointAsync(TwinPump pump)
    {
        if (!pump.IsWhole)
        {
            return;
        }

        (_checkpointedEntries, _checkpointedAt) = (pump.Applied, _clock.GetTimestamp());
        try
        {
            _checkpoint.State = CheckpointOf(pump);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Machine}: the durable log cannot be reached; the twin shows its checkpoint until it can.")]
    private partial void LogNotOwned(MachineKey machine, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Machine}: the checkpoint is none of this log, which was lost or exchanged; the twin begins anew with what the log holds.")]
    private partial void LogForeign(MachineKey machine);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Machine}: the checkpoint could not be stored; the log has what it would have held.")]
    private partial void LogCheckpointFailed(MachineKey machine, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Machine}: the line could not be told of a change; it is told again in a second.")]
    private partial void LogReportFailed(MachineKey machine, Exception fault);
}
