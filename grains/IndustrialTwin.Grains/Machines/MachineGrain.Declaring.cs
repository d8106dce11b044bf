using IndustrialTwin.Samples;

namespace IndustrialTwin.Machines;

/// <content>How the twin knows whether, and as what, its machine is declared: by its log, whatever else it was told.</content>
internal sealed partial class MachineGrain
{
    /// <summary>The newest declaration: what was known at a position, and what the log holds after it.</summary>
    private async Task<DeclaredState> DeclaredInLogAsync(DeclaredState known, long position, CancellationToken cancellationToken)
    {
        await foreach (var entry in _log.ReadEventsAsync(_machine, position, cancellationToken))
        {
            known = known.After(_events.Decode(entry.Payload));
        }

        return known;
    }

    /// <summary>
    /// Asks the log before a batch is rejected, since a rejection is final: an activation that the directory has lost hears of a
    /// declaration in no other way.
    /// </summary>
    private async Task AskLogAsync()
    {
        var (declared, fence) = (default(DeclaredState), 0L);
        await foreach (var entry in _log.ReadEventsAsync(_machine, 0, CancellationToken.None))
        {
            (declared, fence) = (declared.After(_events.Decode(entry.Payload)), entry.Epoch);
        }

        if (!declared.IsActive || IsDeclared)
        {
            return;
        }

        if (_pump is not null)
        {
            throw fence > _fence ? Lost(_fence) : new LogUnavailableException($"{_machine}: it is just being declared; ask again.");
        }

        await OwnAsync(CancellationToken.None);
    }
}
