using IndustrialTwin.Audit;
using IndustrialTwin.Identities;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Integrity;

/// <summary>
/// Tells at the start whether the program is as it was published, and, where one has to sign in, writes it to the audit log with the
/// hash of the list: who exchanges files and list together is found by the record before. A changed program starts all the same, since
/// a plant must not stand still for it.
/// </summary>
internal sealed partial class ProgramReport(ProgramFiles program, IAccess access, IAuditLog audit, TimeProvider clock, ILogger<ProgramReport> logger) : IHostedService
{
    private const int DetailLengthMax = 1_024;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (program.Faults.Count > 0)
        {
            LogChanged(program.Detail);
        }

        if (!access.IsRequired || program.List is null)
        {
            return;
        }

        var now = (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        try
        {
            await audit.AppendAsync(
                new AuditEvent(
                    now, $"silo on {Environment.MachineName}", "program", program.List, program.Faults.Count == 0 ? AuditOutcome.Allowed : AuditOutcome.Failed,
                    program.Detail.Length <= DetailLengthMax ? program.Detail : program.Detail[..DetailLengthMax]),
                cancellationToken);
        }
        catch (LogUnavailableException fault)
        {
            LogUnwritten(fault);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1, LogLevel.Error, "{Detail}")]
    private partial void LogChanged(string detail);

    [LoggerMessage(2, LogLevel.Error, "The audit log could not take which program was started")]
    private partial void LogUnwritten(Exception fault);
}
