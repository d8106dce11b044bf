using System.Diagnostics;
using IndustrialTwin.Controls;
using IndustrialTwin.Samples;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Machines;

/// <content>What the twin does when one of its control loops has not decided in time for too long.</content>
internal sealed partial class MachineGrain
{
    /// <summary>
    /// How long a fallback waits for the log to say whether this activation still owns the machine. A log that is away holds no fallback
    /// back: that the machine is in its known state matters more, and it refuses a fence that is not the newest it has seen.
    /// </summary>
    private static readonly TimeSpan LogPatience = TimeSpan.FromSeconds(1);

    /// <summary>How long until a fallback for which there was no way out is tried again.</summary>
    private static readonly TimeSpan FallbackDelay = TimeSpan.FromSeconds(1);

    private Task _told = Task.CompletedTask;

    /// <summary>Watches the loops that the newest declaration asks for. Called whenever it may have changed.</summary>
    private void WatchControls()
    {
        if (_declared.Declaration is { } declaration)
        {
            _fallbacks.Follow(declaration.Controls, _declared.IsActive, _declared.Fallbacks);
            if (_controls is not null || Array.Exists(declaration.Controls, control => control.Fallback is not null))
            {
                Controls(); // A loop is bound to its watch.
            }
        }
    }

    /// <summary>
    /// Begins to watch under a new claim: the loops begin anew with it. Where the log takes a loop for fallen that this activation has seen
    /// decide since, it is told again.
    /// </summary>
    private void WatchAnew()
    {
        _fallbacks.Restart();
        foreach (var fallen in _declared.Fallbacks.Where(fallen => _fallbacks.IsWell(fallen.Control)))
        {
            _ = TellAsync(new ControlReturned(fallen.Control, _clock.NowUs()));
        }
    }

    /// <summary>
    /// A loop is due. Says so in the log, unless it has done so already, and commands the fallback; not where the log knows a later
    /// activation, nor where the loop decides meanwhile.
    /// </summary>
    private async Task FallBackAsync(FallbackWatch watch, bool isNew)
    {
        var (control, sinceUs) = (watch.Declaration.Name, watch.SinceUs);
        using var span = isNew ? FallbackTrace(watch) : null;
        if (isNew)
        {
            ControlTelemetry.FellBack(watch.Reason);
            MachineTelemetry.Raised(_machine, FallbackAlarm.Of(watch.Declaration), FallbackAlarm.Raised, span?.Id);
            LogFellBack(_machine, control, watch.Fallback.After, watch.Reason, watch.Fallback.Command, watch.Fallback.Value);
            _changes.Changed();
            await Task.WhenAny(TellAsync(new ControlFellBack(control, watch.Reason, sinceUs!.Value), () => watch.SinceUs == sinceUs), Task.Delay(LogPatience, _clock));
        }

        while (watch.SinceUs == sinceUs && !_isLost && _fallbacks.Watches(watch))
        {
            if (await Controls()!.FallBackAsync(watch) is { } command)
            {
                span?.SetTag("itwin.command.sent", true);
                _ = TellAsync(new CommandIssued(command));
                return;
            }

            await Task.Delay(FallbackDelay, _clock);
        }
    }

    /// <summary>A loop that had fallen back decides in time again.</summary>
    private void Return(FallbackWatch watch)
    {
        LogReturned(_machine, watch.Declaration.Name);
        _fallbacks.Set();
        _changes.Changed();
        _ = TellAsync(new ControlReturned(watch.Declaration.Name, _clock.NowUs()));
    }

    private Activity? FallbackTrace(FallbackWatch watch) => MachineTelemetry.StartAfterwards("machine fallback", _machine, _clock.GetUtcNow())?
        .SetTag("itwin.control", watch.Declaration.Name)
        .SetTag("itwin.command", watch.Fallback.Command)
        .SetTag("itwin.command.value", watch.Fallback.Value)
        .SetTag("itwin.command.sent", false)
        .SetTag("itwin.outcome", watch.Reason)
        .SetStatus(ActivityStatusCode.Error, $"fell back: {watch.Reason}");

    /// <summary>Writes down what loops did, in the order in which they did it.</summary>
    private Task TellAsync(MachineEvent happened, Func<bool>? matters = null)
    {
        return _told = AfterAsync(_told);

        async Task AfterAsync(Task before)
        {
            await before;
            await RememberAsync(happened, matters);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Machine}: control {Control} has not decided in time for {After} ({Reason}); it falls back to {Command} = {Value}.")]
    private partial void LogFellBack(MachineKey machine, string control, TimeSpan after, string reason, string command, double value);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Machine}: control {Control} decides in time again.")]
    private partial void LogReturned(MachineKey machine, string control);
}
