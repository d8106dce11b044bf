using IndustrialTwin.Identities;

namespace IndustrialTwin.Audit;

/// <summary>Shows the audit log.</summary>
[GrainType("itwin.audit")]
internal sealed class AuditGrain(IAuditLog log) : Grain, IAuditGrain
{
    private const int RecordsMax = 1_000;

    /// <inheritdoc/>
    public async Task<AuditRecord[]> Read(long fromNumber, int recordsMax)
    {
        if (recordsMax is < 1 or > RecordsMax)
        {
            throw new ArgumentOutOfRangeException(nameof(recordsMax), recordsMax, $"Expected 1 to {RecordsMax}.");
        }

        var found = new List<AuditRecord>();
        while (found.Count < recordsMax && await log.ReadAsync(fromNumber, RecordsMax) is { Count: > 0 } page)
        {
            found.AddRange(page.Where(record => Caller.Current is not { } caller || (caller.Tenant is null ? caller.IsEverywhere : record.Event.Tenant == caller.Tenant)));
            fromNumber = page[^1].Number + 1;
        }

        return [.. found.Take(recordsMax)];
    }

    /// <inheritdoc/>
    public async Task<AuditVerdict> Verify(AuditHead? anchor) => await log.VerifyAsync(anchor);
}
