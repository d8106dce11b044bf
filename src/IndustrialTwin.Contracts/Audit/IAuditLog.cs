namespace IndustrialTwin.Audit;

/// <summary>Where what people did is written, by a silo.</summary>
public interface IAuditLog
{
    /// <summary>Appends an event; returns after the commit.</summary>
    /// <exception cref="Samples.LogUnavailableException">It could not be written; what it was to record must not be done.</exception>
    ValueTask AppendAsync(AuditEvent happened, CancellationToken cancellationToken = default);

    /// <summary>Records from a number on, in order, at most so many.</summary>
    ValueTask<IReadOnlyList<AuditRecord>> ReadAsync(long fromNumber, int recordsMax, CancellationToken cancellationToken = default);

    /// <summary>Reads the whole log and says whether it is as it was written.</summary>
    ValueTask<AuditVerdict> VerifyAsync(AuditHead? anchor, CancellationToken cancellationToken = default);
}
