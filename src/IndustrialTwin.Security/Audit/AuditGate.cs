using IndustrialTwin.Identities;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Audit;

/// <summary>
/// Writes what callers do to the audit log. What is let through is written before it is done: where it cannot be written it is not
/// done. Refusals are written at a limited rate, so that who is refused cannot fill the database; those left out are counted.
/// </summary>
internal sealed partial class AuditGate(IAuditLog log, TimeProvider clock, ILogger<AuditGate> logger)
{
    private const int RefusalsPerSecondMax = 10, DetailLengthMax = 1_024;

    private readonly Lock _gate = new();
    private long _second;
    private int _written;
    private long _leftOut;

    public ValueTask AllowedAsync(Caller caller, string what, string where, string detail, CancellationToken cancellationToken = default) =>
        log.AppendAsync(Event(Name(caller), what, where, AuditOutcome.Allowed, detail, caller.Tenant), cancellationToken);

    public ValueTask FailedAsync(Caller caller, string what, string where, string detail) =>
        TryAsync(Event(Name(caller), what, where, AuditOutcome.Failed, detail, caller.Tenant));

    public ValueTask RefusedAsync(string who, string what, string where, string detail, string? tenant)
    {
        long leftOut;
        lock (_gate)
        {
            var second = clock.GetUtcNow().ToUnixTimeSeconds();
            (_second, _written) = second == _second ? (second, _written + 1) : (second, 1);
            if (_written > RefusalsPerSecondMax)
            {
                _leftOut++;
                return ValueTask.CompletedTask;
            }

            (leftOut, _leftOut) = (_leftOut, 0);
        }

        LogRefused(who, what, where, detail);
        return TryAsync(Event(who, what, where, AuditOutcome.Denied, leftOut == 0 ? detail : $"{detail}; {leftOut} refusals before it were not written", tenant));
    }

    public static string Name(Caller caller) => caller.Name == caller.Id ? caller.Id : $"{caller.Id} ({caller.Name})";

    private AuditEvent Event(string who, string what, string where, AuditOutcome outcome, string detail, string? tenant) =>
        new(clock.NowUs(), who, what, where, outcome, detail.Length <= DetailLengthMax ? detail : detail[..DetailLengthMax], tenant);

    /// <summary>For what is over already: the caller has been answered, whether or not it can be written down.</summary>
    private async ValueTask TryAsync(AuditEvent happened)
    {
        try
        {
            await log.AppendAsync(happened).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A refusal stays a refusal while the database is away.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogUnwritten(happened.What, fault);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Refused {Who}: {What} on {Where}: {Detail}")]
    private partial void LogRefused(string who, string what, string where, string detail);

    [LoggerMessage(2, LogLevel.Error, "The audit log could not take '{What}'")]
    private partial void LogUnwritten(string what, Exception fault);
}
