using IndustrialTwin.Samples;

namespace IndustrialTwin.Quarantine;

/// <summary>Keeps what no twin could take in the durable log.</summary>
internal sealed class LogQuarantine(ISampleLog log) : IQuarantine
{
    /// <inheritdoc/>
    public ValueTask KeepAsync(QuarantineRecord record, CancellationToken cancellationToken) => log.QuarantineAsync(record, cancellationToken);
}
