using System.Collections.Frozen;

namespace IndustrialTwin.Identities;

/// <summary>
/// Whether a provider says that a person showed several factors: by <c>amr</c>, how (RFC 8176), or by <c>acr</c>, how well (OpenID
/// Connect Core 1.0, section 2).
/// </summary>
internal static class FactorRule
{
    private const string Several = "mfa";

    /// <summary>
    /// What kind of factor a method of RFC 8176 is: known, had or been. Two of one kind, a password and a PIN, are one factor. What is
    /// none, such as a place or a network, is not here.
    /// </summary>
    private static readonly FrozenDictionary<string, char> Kinds = new Dictionary<string, char>
    {
        ["pwd"] = 'k', ["pin"] = 'k', ["kba"] = 'k',
        ["otp"] = 'h', ["sms"] = 'h', ["tel"] = 'h', ["hwk"] = 'h', ["swk"] = 'h', ["pop"] = 'h', ["sc"] = 'h',
        ["face"] = 'b', ["fpt"] = 'b', ["iris"] = 'b', ["retina"] = 'b', ["vbm"] = 'b',
    }.ToFrozenDictionary();

    /// <param name="methods">The values of <c>amr</c>.</param>
    /// <param name="level">The value of <c>acr</c>, or null.</param>
    /// <param name="levels">The values of <c>acr</c> that count.</param>
    public static bool Holds(IReadOnlyCollection<string> methods, string? level, IReadOnlyCollection<string> levels) =>
        methods.Contains(Several)
        || methods.Where(Kinds.ContainsKey).Select(method => Kinds[method]).Distinct().Count() > 1
        || (level is not null && levels.Contains(level));

    /// <summary>What was expected and what came, in words.</summary>
    public static string Tell(IReadOnlyCollection<string> methods, string? level, IReadOnlyCollection<string> levels) =>
        $"expected amr with 'mfa' or with methods of two kinds{(levels.Count > 0 ? $", or acr of {string.Join(", ", levels)}" : string.Empty)}; "
        + $"came amr {(methods.Count > 0 ? $"'{Cut(string.Join(' ', methods))}'" : "missing")}, acr {(level is null ? "missing" : $"'{Cut(level)}'")}";

    private static string Cut(string text) => text.Length <= 128 ? text : text[..128] + "…";
}
