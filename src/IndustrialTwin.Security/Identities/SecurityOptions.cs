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

    /// <summary>
    /// How long ago somebody may have shown who it is, for what gives power away or changes what others rely on: access keys, tenants,
    /// declarations, other people's sessions. Not below <see cref="PassLifetime"/>.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan ProofAgeMax { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// From which role on people must show factors of two kinds: viewer for everybody, none for nobody. Where it is not set, engineer as
    /// soon as there is an identity provider.
    /// </summary>
    public Role? SeveralFactorsFrom { get; set; }

    /// <summary>How many browsers one person may be signed in at; beginning one more ends the one that was not used for longest.</summary>
    [Range(1, 1_000)]
    public int SessionsPerPersonMax { get; set; } = 16;

    /// <summary>The identity provider, or nothing in it for none.</summary>
    public ProviderOptions Provider { get; set; } = new();

    /// <summary>Whether a person of a role must show factors of two kinds.</summary>
    public bool AsksSeveralFactors(Role role) =>
        (SeveralFactorsFrom ?? (Provider.Authority is { Length: > 0 } ? Role.Engineer : Role.None)) is var from and not Role.None && role != Role.Device && role >= from;

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

        if (ProofAgeMax < PassLifetime)
        {
            yield return new ValidationResult($"{Section}:{nameof(ProofAgeMax)} is {ProofAgeMax}; expected {nameof(PassLifetime)}, {PassLifetime}, or more: a program shows its key once for each pass.", [nameof(ProofAgeMax)]);
        }

        if (SeveralFactorsFrom is { } from && (from == Role.Device || !Enum.IsDefined(from)))
        {
            yield return new ValidationResult($"{Section}:{nameof(SeveralFactorsFrom)} is {from}; expected viewer, operator, engineer, administrator, or none.", [nameof(SeveralFactorsFrom)]);
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

    /// <summary>
    /// The claim that says when the person was asked who it is, seconds since 1970-01-01 UTC. A provider that sends none lets nobody do
    /// what asks for a recent sign-in; <c>iat</c> takes the token's own age for it, which a refreshed token makes too young.
    /// </summary>
    public string SignInTimeClaim { get; set; } = "auth_time";

    /// <summary>Values of <c>acr</c> that stand for several factors, separated by spaces, beside what <c>amr</c> says.</summary>
    public string SeveralFactorsAcr { get; set; } = string.Empty;
}
