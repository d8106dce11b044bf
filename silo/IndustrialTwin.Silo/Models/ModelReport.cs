using IndustrialTwin.Audit;
using IndustrialTwin.Identities;
using IndustrialTwin.Samples;
using IndustrialTwin.Starting;

namespace IndustrialTwin.Models;

/// <summary>
/// Tells at the start which models were taken and which were refused, and, where one has to sign in, writes it to the audit log:
/// before the silo takes requests, so that no model answers that is not in it.
/// </summary>
internal sealed partial class ModelReport(ModelShelf shelf, IAccess access, IAuditLog audit, TimeProvider clock, ILogger<ModelReport> logger) : IHostedService
{
    private const int DetailLengthMax = 1_024;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var verdict in shelf.Verdicts)
        {
            if (verdict.Refusal is { } refusal)
            {
                LogRefused(verdict.Model, verdict.File, refusal, verdict.Detail);
            }
            else
            {
                LogAccepted(verdict.Model, verdict.File, verdict.Detail);
            }

            if (access.IsRequired)
            {
                await WriteAsync(verdict, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task WriteAsync(ModelVerdict verdict, CancellationToken cancellationToken)
    {
        var now = (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var detail = verdict.Refusal is { } refusal ? $"{refusal}: {verdict.Detail}" : verdict.Detail;
        try
        {
            await audit.AppendAsync(
                new AuditEvent(
                    now, $"silo on {Environment.MachineName}", "model", verdict.Model, verdict.Refusal is null ? AuditOutcome.Allowed : AuditOutcome.Denied,
                    detail.Length <= DetailLengthMax ? detail : detail[..DetailLengthMax]),
                cancellationToken);
        }
        catch (LogUnavailableException fault)
        {
            throw new StartException($"The audit log could not take the model '{verdict.Model}' ({fault.Message.TrimEnd('.')}), and no model is taken that is not in it.", fault);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Model '{Model}' ({File}) is taken: {Detail}", EventName = "ModelAccepted")]
    private partial void LogAccepted(string model, string file, string detail);

    [LoggerMessage(2, LogLevel.Error, "ModelRefused: model '{Model}' ({File}) is refused ({Reason}): {Detail}. The grid goes on without it", EventName = "ModelRefused")]
    private partial void LogRefused(string model, string file, ModelRefusal reason, string detail);
}
