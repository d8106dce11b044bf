using System.Collections.Frozen;
using IndustrialTwin.Hosting;
using IndustrialTwin.Tenants;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Identities;

/// <summary>What this silo knows of keys, tenants and ended passes: read again every few seconds, since any silo may change them.</summary>
internal sealed partial class AccessBook(IAccessStore store, IOptions<SecurityOptions> options, TimeProvider clock, ILogger<AccessBook> logger) : BackgroundService
{
    private volatile Page _page = Page.Empty;
    private bool _isLost;
    private long _asked;

    /// <summary>What is known now.</summary>
    public Page Now => _page;

    /// <summary>Reads it at once, for who has just changed something or looks for what is new.</summary>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken = default) =>
        _page = new Page(await store.ReadAsync(cancellationToken).ConfigureAwait(false), _page.Number + 1);

    /// <summary>As <see cref="RefreshAsync"/>, but at most once in a second, however often strangers make somebody ask.</summary>
    public ValueTask RefreshSoonAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetTimestamp();
        var last = Interlocked.Read(ref _asked);
        return last != 0 && clock.GetElapsedTime(last, now) < TimeSpan.FromSeconds(1) || Interlocked.CompareExchange(ref _asked, now, last) != last
            ? ValueTask.CompletedTask
            : RefreshAsync(cancellationToken);
    }

    /// <summary>Ends a pass, here at once and elsewhere with their next reading.</summary>
    public async ValueTask EndPassAsync(string id, long untilUs, CancellationToken cancellationToken)
    {
        await store.EndPassAsync(id, untilUs, cancellationToken).ConfigureAwait(false);
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Who holds a key.</summary>
    public Caller? CallerOf(AccessKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Bounded(new Caller(key.Id, key.Name, key.Role, [key.Scope], key.Tenant, key.ExpiresUs, new Proof(SignInWay.Key, clock.NowUs())));
    }

    /// <summary>A caller of a tenant with what of its scopes is the tenant's; null where there is no such tenant, or nothing is left.</summary>
    public Caller? Bounded(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (caller.Tenant is not { } name)
        {
            return caller.Scopes.Length > 0 ? caller : null;
        }

        if (!Now.Tenants.TryGetValue(name, out var tenant))
        {
            return null;
        }

        string[] scopes =
        [
            .. caller.Scopes.SelectMany(scope => scope == Caller.Everywhere
                ? tenant.Sites
                : tenant.Sites.Contains(scope.Split('/')[0]) ? [scope] : []).Distinct(),
        ];
        return scopes.Length > 0 ? caller with { Scopes = scopes } : null;
    }

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RefreshInterval, clock);
        while (await timer.NextAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await RefreshAsync(stoppingToken).ConfigureAwait(false);
                _isLost = false;
            }
#pragma warning disable CA1031 // The database is away: what was known counts on, and it is read again.
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                if (!_isLost)
                {
                    LogLost(fault);
                    _isLost = true;
                }
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Access keys and tenants cannot be read now; what was known counts until they can")]
    private partial void LogLost(Exception fault);

    /// <summary>One reading.</summary>
    internal sealed class Page(AccessState state, long number)
    {
        public static Page Empty { get; } = new(new AccessState([], [], []), 0);

        public long Number => number;

        public AccessState State => state;

        public FrozenDictionary<string, StoredKey> Keys { get; } = state.Keys.ToFrozenDictionary(key => key.Key.Id);

        public FrozenDictionary<string, Tenant> Tenants { get; } = state.Tenants.ToFrozenDictionary(tenant => tenant.Name);

        public FrozenDictionary<string, Tenant> TenantOfSite { get; } = state.Tenants
            .SelectMany(tenant => tenant.Sites.Select(site => (site, tenant))).DistinctBy(owned => owned.site)
            .ToFrozenDictionary(owned => owned.site, owned => owned.tenant);

        public FrozenSet<string> Ended { get; } = state.EndedPasses.ToFrozenSet();
    }
}
