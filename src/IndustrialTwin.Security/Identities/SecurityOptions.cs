using System.ComponentModel.DataAnnotations;

namespace IndustrialTwin.Identities;

/// <summary>Whether anybody has to sign in.</summary>
public enum AccessMode
{
    /// <summary>Nobody where only this computer can reach the silo; everybody as soon as others can.</summary>
    Auto,

    /// <summary>Everybody.</summary>
    Required,

    /// <summary>Nobody. Beyond loopback a silo refuses to start with it.</summary>
    Open,
}

/// <summary>Who may do what, read from the configuration section <see cref="Section"/>.</summary>
public sealed class SecurityOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Security";

    private const int KeyBytesMin = 32;

    /// <summary>Whether anybody has to sign in.</summary>
    [EnumDataType(typeof(AccessMode))]
    public AccessMode Access { get; set; } = AccessMode.Auto;

    /// <summary>
    /// The cluster's secret, base64 of 32 bytes or more: the same on all its silos. After a comma stand those before it, which still
    /// verify. Give it by environment or mounted file, not in a committed one.
    /// </summary>
    public string? ClusterKey { get; set; }

    /// <summary>A file that holds <see cref="ClusterKey"/>. One silo on SQLite makes one beside its database where neither is set.</summary>
    public string? ClusterKeyFile { get; set; }

    /// <summary>How long the pass of a client counts; it gets another by itself.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00")]
    public TimeSpan PassLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a silo reads what others have changed: keys, tenants, ended sessions.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How many sign-ins from one address may fail in a minute, by whatever way; beyond that nothing that comes from there is looked at for a while.</summary>
    [Range(1, 1_000_000)]
    public int FailedSignInsPerMinuteMax { get; set; } = 30;

    /// <summary>How long a client of the grid may stay connected that shows nothing that counts. One whose key was revoked is cut at the next reading.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan NobodyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Grain calls a second that one identity may make from outside; as many again at once.</summary>
    [Range(1, 10_000_000)]
    public int CallsPerSecondMax { get; set; } = 5_000;

    /// <summary>The identity provider, or nothing in it for none.</summary>
    public ProviderOptions Provider { get; set; } = new();

    /// <summary>The cluster's keys, the one that signs first; empty for none.</summary>
    /// <exception cref="FormatException">One is not as it must be.</exception>
    public byte[][] ReadKeys()
    {
        var text = !string.IsNullOrWhiteSpace(ClusterKey) ? ClusterKey
            : ClusterKeyFile is { Length: > 0 } file ? File.ReadAllText(file)
            : null;
        return text is null ? [] : [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ReadKey)];
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Provider.Authority is { Length: > 0 } authority
            && !(Uri.TryCreate(authority, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.IsLoopback)))
        {
            yield return new ValidationResult($"{Section}:Provider:Authority is '{authority}'; expected an https address.", [nameof(Provider)]);
        }

        if (Provider.Authority is { Length: > 0 } && string.IsNullOrWhiteSpace(Provider.Audience))
        {
            yield return new ValidationResult($"{Section}:Provider:Audience is empty; expected what the provider's tokens for this installation name.", [nameof(Provider)]);
        }
    }

    private static byte[] ReadKey(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && length >= KeyBytesMin
            ? bytes[..length]
            : throw new FormatException($"{Section}:ClusterKey holds a key that is not base64 of {KeyBytesMin} bytes or more; make one with 'openssl rand -base64 32'.");
    }
}

/// <summary>An OpenID Connect provider whose tokens count here.</summary>
public sealed class ProviderOptions
{
    /// <summary>Its address, <c>https://login.example/realms/plant</c>; its keys come from there. Empty for no provider.</summary>
    public string? Authority { get; set; }

    /// <summary>The audience that its tokens must name.</summary>
    public string? Audience { get; set; }

    /// <summary>The claim that names the role: viewer, operator, engineer, administrator.</summary>
    public string RoleClaim { get; set; } = "itwin_role";

    /// <summary>The claim that names the scope; several values are several scopes.</summary>
    public string ScopeClaim { get; set; } = "itwin_scope";

    /// <summary>The claim that names the tenant.</summary>
    public string TenantClaim { get; set; } = "itwin_tenant";
}
