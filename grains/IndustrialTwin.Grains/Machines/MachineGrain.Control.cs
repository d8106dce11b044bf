using System.Diagnostics;
using IndustrialTwin.Controls;
using IndustrialTwin.Samples;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Machines;

/// <content>How the twin acts on its machine.</content>
internal sealed partial class MachineGrain
{
    private const int RememberAttemptsMax = 60;
    private static readonly TimeSpan RememberDelay = TimeSpan.FromSeconds(2);

    private ControlLoops? _controls;
    private bool _isLost;

    /// <summary>The loops that the declaration of now asks for, or null.</summary>
    private ControlLoops? Controls()
    {
        var declared = _declared.Declaration!.Controls;
        if (!ReferenceEquals(_controls?.Declarations, declared))
        {
            _controls = declared.Length == 0 && _controls is null ? null : new ControlLoops(_machine, declared, _fence, _devices, _commands, _clock, _logger, _controls, _fallbacks)
            {
                Acted = command => _ = RememberAsync(new CommandIssued(command)),
                Returned = Return,
            };
        }

        return _controls;
    }

    /// <summary>How long a traced message waited for its twin, and for what.</summary>
    private void Waited(Activity span, SampleBatch batch)
    {
        if (batch.ReceivedUs is not { } receivedUs)
        {
            return;
        }

        var wait = TimeSpan.FromMicroseconds(_clock.NowUs() - receivedUs);
        span.SetTag("itwin.turn.wait_ms", wait.TotalMilliseconds);
        if (_turns.Within(wait) is { } turn)
        {
            span.SetTag("itwin.turn.before", turn.What).SetTag("itwin.turn.before.count", turn.Count)
                .SetTag("itwin.turn.before.turns", turn.Turns).SetTag("itwin.turn.before_ms", turn.Took.TotalMilliseconds);
        }
    }

    /// <summary>Writes down what a control loop did. It has done it already, so this waits for a log that is away, and for no analysis.</summary>
    /// <param name="happened">What it did.</param>
    /// <param name="matters">Whether it must be written down still, however long the log is away.</param>
    private async Task RememberAsync(MachineEvent happened, Func<bool>? matters = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                (await CommitAsync(happened)).Ignore();
                return;
            }
            catch (LogUnavailableException) when ((attempt < RememberAttemptsMax || matters?.Invoke() is true) && !_isLost && !_isLeaving)
            {
                await Task.Delay(RememberDelay, _clock);
            }
            catch (Exception fault)
            {
                LogNotRemembered(_machine, happened, fault);
                return;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Machine}: what a control loop did could not be written down: {Happened}")]
    private partial void LogNotRemembered(MachineKey machine, MachineEvent happened, Exception fault);
}
