namespace IndustrialTwin.Identities;

/// <summary>Somebody whose identity was verified: a person, an application, a device, or a silo.</summary>
/// <param name="Id">What the identity is known by: the access key's id, or the provider's subject.</param>
/// <param name="Name">A name for people.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Scopes">Where: prefixes of keys such as <c>wuhan</c> or <c>wuhan/line-3</c>; <see cref="Everywhere"/> for all.</param>
/// <param name="Tenant">The tenant that it belongs to, or null.</param>
/// <param name="UntilUs">When what it showed ends, a key or a provider's token, microseconds since 1970-01-01 UTC, or null: nothing that it gets outlasts that.</param>
/// <param name="Proof">How it showed who it is, or null: a machine that is known by its certificate.</param>
[GenerateSerializer, Immutable, Alias("itwin.caller")]
public sealed record Caller(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] Role Role,
    [property: Id(3)] string[] Scopes,
    [property: Id(4)] string? Tenant = null,
    [property: Id(5)] long? UntilUs = null,
    [property: Id(6)] Proof? Proof = null)
{
    /// <summary>The scope of all keys.</summary>
    public const string Everywhere = "*";

    private const int LabelLengthMax = 128;

    private static readonly AsyncLocal<Caller?> Verified = new();

    /// <summary>
    /// Who asked for what a grain does now; null where a silo did of its own accord, or where no login is required. It is set from a
    /// verified pass alone and never from what a caller says of itself.
    /// </summary>
    public static Caller? Current
    {
        get => Verified.Value;
        set => Verified.Value = value;
    }

    /// <summary>Its name, as long as an alarm keeps it.</summary>
    public string Label => Name.Length <= LabelLengthMax ? Name : Name[..LabelLengthMax];

    /// <summary>Whether its scope is everything.</summary>
    public bool IsEverywhere => Array.IndexOf(Scopes, Everywhere) >= 0;

    /// <summary>Whether its role includes another one.</summary>
    public bool Has(Role needed) => needed switch
    {
        Role.Device => Role is Role.Device or Role.Engineer or Role.Administrator,
        _ => Role != Role.Device && Role >= needed,
    };

    /// <summary>Whether a key is its scope or lies below it.</summary>
    public bool Covers(ReadOnlySpan<char> key)
    {
        foreach (var scope in Scopes)
        {
            if (scope == Everywhere || IsAtOrBelow(key, scope))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether it may know of a key: it, or a part of it, lies within its scope.</summary>
    public bool Sees(ReadOnlySpan<char> key)
    {
        if (Covers(key))
        {
            return true;
        }

        foreach (var scope in Scopes)
        {
            if (IsAtOrBelow(scope, key))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether it may call a method that demands a role, on a target.</summary>
    public bool May(Role role, Reach reach, ReadOnlySpan<char> target) => Has(role) && reach switch
    {
        Reach.Within => Covers(target),
        Reach.Part => Sees(target),
        Reach.Anywhere => true,
        _ => IsEverywhere,
    };

    private static bool IsAtOrBelow(ReadOnlySpan<char> key, ReadOnlySpan<char> above) =>
        key.StartsWith(above, StringComparison.Ordinal) && (key.Length == above.Length || key[above.Length] == '/');
}
