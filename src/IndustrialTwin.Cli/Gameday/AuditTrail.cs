using IndustrialTwin.Audit;
using IndustrialTwin.Grid;

namespace IndustrialTwin.Gameday;

/// <summary>The audit log of an installation.</summary>
internal static class AuditTrail
{
    private const int Page = 1_000;

    /// <summary>All records, in order.</summary>
    public static async Task<IReadOnlyList<AuditRecord>> ReadAsync(GridConnection administrator, CancellationToken cancellationToken)
    {
        var all = new List<AuditRecord>();
        while (true)
        {
            var page = await administrator.CallAsync(Log(administrator).Read(all.Count + 1, Page), "The audit log", cancellationToken);
            all.AddRange(page);
            if (page.Length < Page)
            {
                return all;
            }
        }
    }

    /// <summary>Whether it is as it was written.</summary>
    public static Task<AuditVerdict> VerifyAsync(GridConnection administrator, AuditHead? head, CancellationToken cancellationToken) =>
        administrator.CallAsync(Log(administrator).Verify(head), "The audit log", cancellationToken);

    private static IAuditGrain Log(GridConnection administrator) => administrator.Grains.GetGrain<IAuditGrain>(IAuditGrain.Key);
}
