using System.Collections.Concurrent;
using IndustrialTwin.Hosting;
using IndustrialTwin.Identities;
using IndustrialTwin.Sites;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Tenants;

/// <summary>
/// Holds tenants to their quotas on this silo, and writes down what was computed for each site. A tenant's samples a second are shared
/// out evenly over the silos; its compute seconds are counted from the log, with what this silo has not written yet.
/// </summary>
internal sealed partial class Quotas(AccessBook book, IAccessStore store, ISiloCount silos, TimeProvider clock, ILogger<Quotas> logger) : BackgroundService, IQuotas
{
    private static readonly TimeSpan WriteInterval = TimeSpan.FromSeconds(5);
    private const long DayUs = 86_400_000_000;

    private readonly ConcurrentDictionary<string, (double PerSecond, Allowance Allowance)> _samples = new();
    private readonly ConcurrentDictionary<string, (long Requests, long Us)> _computed = new();
    private volatile IReadOnlyDictionary<string, long> _usedToday = new Dictionary<string, long>();

    /// <inheritdoc/>
    public bool AreLimited => book.Now.Tenants.Count > 0;

    /// <inheritdoc/>
    public void TakeSamples(SiteKey site, int samples)
    {
        if (TenantOf(site) is not { SamplesPerSecond: { } perSecond } tenant)
        {
            return;
        }

        var share = perSecond / Math.Max(1, silos.Count);
        var held = _samples.AddOrUpdate(tenant.Name, _ => (share, new Allowance(share, clock)), (_, before) => before.PerSecond == share ? before : (share, new Allowance(share, clock)));
        if (!held.Allowance.TryTake(samples))
        {
            throw new QuotaExceededException($"Tenant '{tenant.Name}': the quota SamplesPerSecond = {perSecond} is used up; {samples} samples for site {site} were not taken. Send them again later.");
        }
    }

    /// <inheritdoc/>
    public void CheckCompute(SiteKey site)
    {
        if (TenantOf(site) is not { ComputeSecondsPerDay: { } quota } tenant)
        {
            return;
        }

        var used = (_usedToday.GetValueOrDefault(tenant.Name) + tenant.Sites.Sum(one => _computed.GetValueOrDefault(one).Us)) / 1e6;
        if (used >= quota)
        {
            throw new QuotaExceededException($"Tenant '{tenant.Name}': the quota ComputeSecondsPerDay = {quota} is used up ({used:0.###} s today, UTC); the request of site {site} was not taken.");
        }
    }

    /// <inheritdoc/>
    public void Computed(SiteKey site, long launchUs) =>
        _computed.AddOrUpdate(site.Value, _ => (1, launchUs), (_, before) => (before.Requests + 1, before.Us + launchUs));

    /// <inheritdoc/>
    public async ValueTask CheckMachinesAsync(SiteDeclaration declaration, Func<SiteKey, Task<int>> machinesOf)
    {
        ArgumentNullException.ThrowIfNull(declaration);
        ArgumentNullException.ThrowIfNull(machinesOf);
        if (TenantOf(declaration.Site) is not { Machines: { } quota } tenant)
        {
            return;
        }

        var declared = declaration.Lines.Sum(line => line.Machines.Length);
        foreach (var site in tenant.Sites.Where(site => site != declaration.Site.Value))
        {
            declared += await machinesOf(SiteKey.Parse(site));
        }

        if (declared > quota)
        {
            throw new QuotaExceededException($"Tenant '{tenant.Name}': the quota Machines = {quota} does not allow {declared} machines; site {declaration.Site} was left as it is.");
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await WriteAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes down what was computed since the last time, and reads what all silos wrote today.</summary>
    internal async Task WriteAsync(CancellationToken cancellationToken)
    {
        var now = clock.NowUs();
        var written = new List<ComputeUsage>();
        foreach (var site in _computed.Keys)
        {
            if (_computed.TryRemove(site, out var sum))
            {
                written.Add(new ComputeUsage(site, now, sum.Requests, sum.Us));
            }
        }

        try
        {
            if (written.Count > 0)
            {
                await store.AddUsageAsync(written, cancellationToken).ConfigureAwait(false);
                written.Clear();
            }

            var used = new Dictionary<string, long>();
            foreach (var tenant in book.Now.State.Tenants.Where(tenant => tenant.ComputeSecondsPerDay is not null))
            {
                foreach (var site in tenant.Sites)
                {
                    used[tenant.Name] = used.GetValueOrDefault(tenant.Name)
                        + (await store.ReadComputeAsync(site, now / DayUs * DayUs, long.MaxValue, cancellationToken).ConfigureAwait(false)).ComputeUs;
                }
            }

            _usedToday = used;
        }
#pragma warning disable CA1031 // The database is away: what was not written is kept for the next time.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogUnwritten(fault);
            foreach (var usage in written)
            {
                _computed.AddOrUpdate(usage.Site, _ => (usage.Requests, usage.ComputeUs), (_, since) => (since.Requests + usage.Requests, since.Us + usage.ComputeUs));
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(WriteInterval, clock);
        while (await timer.NextAsync(stoppingToken).ConfigureAwait(false))
        {
            await WriteAsync(stoppingToken).ConfigureAwait(false);
        }
    }

    private Tenant? TenantOf(SiteKey site) => book.Now.TenantOfSite.GetValueOrDefault(site.Value);

    [LoggerMessage(1, LogLevel.Warning, "What was computed for tenants cannot be written down now; it is kept until it can")]
    private partial void LogUnwritten(Exception fault);
}

/// <summary>How many silos share a tenant's work.</summary>
public interface ISiloCount
{
    /// <summary>Those that are active, this one included.</summary>
    int Count { get; }
}
