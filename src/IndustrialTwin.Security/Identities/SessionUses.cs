using System.Collections.Concurrent;
using IndustrialTwin.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Identities;

/// <summary>
/// Writes down when sessions were last used: not at each request but some of them together, every few readings of the book; a session
/// that was prolonged at the next.
/// </summary>
internal sealed partial class SessionUses(IAccessStore store, IOptions<SecurityOptions> options, TimeProvider clock, ILogger<SessionUses> logger) : BackgroundService
{
    private const int RefreshesBetween = 15;

    private readonly ConcurrentDictionary<string, Use> _uses = new();

    public void Used(string session) => Note(session, null);

    public void Prolonged(string session, long endsUs) => Note(session, endsUs);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RefreshInterval, clock);
        for (var tick = 1; await timer.NextAsync(stoppingToken).ConfigureAwait(false); tick++)
        {
            if (_uses.IsEmpty || (tick % RefreshesBetween != 0 && _uses.Values.All(use => use.EndsUs is null)))
            {
                continue;
            }

            var written = _uses.ToArray();
            try
            {
                await store.UseSessionsAsync([.. written.Select(use => (use.Key, use.Value.UsedUs, use.Value.EndsUs))], stoppingToken).ConfigureAwait(false);
                Array.ForEach(written, use => _uses.TryRemove(use)); // One that was used meanwhile stays.
            }
#pragma warning disable CA1031 // The database is away: it is written once it is back.
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogUnwritten(fault);
            }
        }
    }

    private void Note(string session, long? endsUs)
    {
        var nowUs = clock.NowUs();
        _uses.AddOrUpdate(session, _ => new Use(nowUs, endsUs), (_, before) => new Use(nowUs, endsUs ?? before.EndsUs));
    }

    [LoggerMessage(1, LogLevel.Warning, "When sessions were used cannot be written now; it is tried again")]
    private partial void LogUnwritten(Exception fault);

    private sealed record Use(long UsedUs, long? EndsUs);
}
