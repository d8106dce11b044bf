using System.Diagnostics;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Machines;

/// <content>How the twin comes to own its machine's log, and what it does where it does not or is in doubt.</content>
internal sealed partial class MachineGrain
{
    /// <summary>
    /// Writes an entry. Where it is in doubt what became of it, the twin no longer knows what the log holds: it takes nothing more under
    /// this fence, and a new claim settles the doubt. Until the log can be reached again it shows what it knew, and its control loops go on.
    /// </summary>
    private async Task<AppendReply> WriteAsync(LogEntry entry)
    {
        try
        {
            return await _log.AppendAsync(entry, CancellationToken.None);
        }
        catch (LogUnavailableException fault) when (fault.IsInDoubt)
        {
            if (entry.Fence == _fence)
            {
                _pump!.Halt();
                _isInDoubt = true;
            }

            throw;
        }
    }

    /// <summary>Appends an event and waits until the twin has applied it.</summary>
    private async Task AppendAsync(MachineEvent machineEvent) => await await CommitAsync(machineEvent);

    /// <summary>Appends an event; answers after the commit, with a task that ends when the twin has applied it.</summary>
    private async Task<Task> CommitAsync(MachineEvent machineEvent)
    {
        await OwnAsync(CancellationToken.None);
        var (now, pump, fence) = (_clock.NowUs(), _pump!, _fence);
        var reply = await WriteAsync(new LogEntry(
            _machine, fence, LogEntryKind.Event, MachineEvent.Source, fence, _eventSequence++, _events.Encode(machineEvent), now, now, 0, []));
        if (reply.Outcome != AppendOutcome.Committed)
        {
            throw Lost(fence);
        }

        if (fence == _fence)
        {
            _declared = _declared.After(machineEvent); // Else a claim came between and has read it.
            WatchControls();
        }

        return pump.ApplyAsync(new TwinEntry(reply.Position, null, machineEvent));
    }

    /// <summary>Makes this activation the machine's owner in the log, if it is not yet; many calls at once make one claim.</summary>
    private Task OwnAsync(CancellationToken cancellationToken) =>
        _pump is not null && !_isInDoubt ? Task.CompletedTask
        : _isLeaving ? Task.FromException(TakenOver())
        : _claiming is { IsCompleted: false } ? _claiming
        : _claiming = ClaimAsync(cancellationToken);

    private async Task ClaimAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var fence = await _log.ClaimAsync(_machine, cancellationToken);
        MachineTelemetry.Claimed(Stopwatch.GetElapsedTime(started));
        var before = _pump;
        if (before is not null)
        {
            await before.AbandonAsync();
        }

        if (_checkpoint.State is { AnalysedPosition: > 0 } foreign && fence <= Math.Max(1, foreign.Fence))
        {
            // The log was lost or changed for another: its positions are not those of the checkpoint, which would hide what it holds.
            LogForeign(_machine);
            _checkpoint.State = new MachineState { Declaration = foreign.Declaration, IsRetired = foreign.IsRetired };
        }

        var checkpoint = _checkpoint.State;
        var twin = new MachineTwin(_machine, checkpoint);
        var declared = await DeclaredInLogAsync(DeclaredState.Of(twin), checkpoint.AnalysedPosition, cancellationToken);
        if (_isLeaving)
        {
            throw TakenOver(); // What this activation was to write down yet is not worth that the next one loses the machine to it.
        }

        before?.Dispose();
        (_fence, _twin, _declared) = (fence, twin, declared);
        (_eventSequence, _checkpointedEntries, _controls, _isInDoubt) = (0, 0, null, false);
        _checkpointedAt = _reportedAt = _clock.GetTimestamp();
        _pump = new TwinPump(_machine, _twin, _fence, _log, _events, _grid, _options, _clock, _logger)
        {
            Turns = _turns,
            Stepped = SteppedAsync,
            Lost = () =>
            {
                if (!_isInDoubt)
                {
                    DeactivateOnIdle();
                }
            },
        };
        _pump.CatchUp(checkpoint);
        WatchControls();
        WatchAnew();
        _caughtUp = Task.WhenAny(CatchUpAsync(_pump), Task.Delay(CatchUpPatience, _clock, CancellationToken.None));
    }

    private static async Task CatchUpAsync(TwinPump pump)
    {
        var started = Stopwatch.GetTimestamp();
        await pump.CaughtUp;
        MachineTelemetry.CaughtUp(Stopwatch.GetElapsedTime(started), pump.Applied);
    }

    /// <summary>An entry was refused: where it was not one from before this activation's own last claim, another one has the machine.</summary>
    private LogUnavailableException Lost(long fence)
    {
        if (fence == _fence)
        {
            _isLost = true;
            _pump!.Halt();
            DeactivateOnIdle();
        }

        return TakenOver();
    }

    private LogUnavailableException TakenOver() => new($"{_machine}: another activation of the twin has taken over; ask again.");
}
