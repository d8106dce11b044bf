using IndustrialTwin.Keys;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Identities;

/// <summary>Gives out access keys and takes them back. Nobody gives more than he has.</summary>
[GrainType("itwin.access-keys")]
internal sealed class AccessKeyGrain(IAccessStore store, TimeProvider clock) : Grain, IAccessKeyGrain
{
    private const int NameLengthMax = 64;

    /// <inheritdoc/>
    public async Task<CreatedKey> Create(AccessKeyRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var now = clock.NowUs();
        var tenants = (await store.ReadAsync()).Tenants;
        if (Fault(request, now) is { } fault)
        {
            throw new ArgumentException(fault, nameof(request));
        }

        if (request.Tenant is { } name)
        {
            var tenant = tenants.FirstOrDefault(known => known.Name == name && (Caller.Current?.Tenant ?? name) == name)
                ?? throw new ArgumentException($"Key '{request.Name}': tenant is '{name}'; expected one that there is.", nameof(request));
            if (request.Scope != Caller.Everywhere && !tenant.Sites.Contains(request.Scope.Split('/')[0]))
            {
                throw new ArgumentException($"Key '{request.Name}': scope is '{request.Scope}'; expected '*' or a site of tenant '{name}': {string.Join(", ", tenant.Sites)}.", nameof(request));
            }
        }

        if (Caller.Current is { } giver && !(request.Tenant == giver.Tenant || giver.Tenant is null))
        {
            throw new AccessDeniedException($"Key '{request.Name}': its tenant is not that of '{giver.Name}'.") { IsKnown = true };
        }

        if (Caller.Current is { } caller && !(caller.Covers(request.Scope) || (request.Scope == Caller.Everywhere && caller.Tenant is not null && caller.Tenant == request.Tenant && OwnsAll(caller, tenants))))
        {
            throw new AccessDeniedException($"Key '{request.Name}': scope '{request.Scope}' is more than '{caller.Name}' has.") { IsKnown = true };
        }

        var (stored, text) = KeyText.Make(request, now);
        await store.AddKeyAsync(stored);
        return new CreatedKey(stored.Key, text);
    }

    /// <inheritdoc/>
    public async Task<AccessKey[]> List() => [.. (await store.ReadAsync()).Keys.Select(key => key.Key).Where(Sees)];

    /// <inheritdoc/>
    public async Task<bool> Revoke(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return (await List()).Any(key => key.Id == id) && await store.RevokeKeyAsync(id, clock.NowUs());
    }

    private static bool Sees(AccessKey key) => Caller.Current is not { } caller
        || (caller.Tenant is null ? caller.Covers(key.Scope) : key.Tenant == caller.Tenant && (key.Scope == Caller.Everywhere || caller.Covers(key.Scope)));

    private static bool OwnsAll(Caller caller, IEnumerable<Tenants.Tenant> tenants) =>
        tenants.FirstOrDefault(tenant => tenant.Name == caller.Tenant)?.Sites.All(site => caller.Covers(site)) ?? false;

    private static string? Fault(AccessKeyRequest request, long nowUs)
    {
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > NameLengthMax || request.Name.Any(char.IsControl))
        {
            return $"Key: name is '{request.Name}'; expected 1 to {NameLengthMax} printable characters.";
        }

        if (request.Role == Role.None || !Enum.IsDefined(request.Role))
        {
            return $"Key '{request.Name}': role is '{request.Role}'; expected viewer, operator, engineer, administrator or device.";
        }

        var segments = request.Scope.Split('/').Length;
        if (request.Scope != Caller.Everywhere && (segments > (request.Role == Role.Device ? 3 : 2) || KeyPath.Fault(request.Scope, segments) is not null))
        {
            return $"Key '{request.Name}': scope is '{request.Scope}'; expected a site, a line such as wuhan/line-3{(request.Role == Role.Device ? ", a machine" : string.Empty)}, or '*'.";
        }

        return request.ExpiresUs is { } end && end <= nowUs ? $"Key '{request.Name}': it would have ended at {UnixTime.ToText(end)}; expected a time to come." : null;
    }
}
