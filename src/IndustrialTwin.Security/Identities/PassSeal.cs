using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace IndustrialTwin.Identities;

/// <summary>
/// Signs passes with a key of the cluster's, and verifies them: <c>p1.</c>, the claims as base64url of JSON, <c>.</c>, HMAC-SHA-256
/// over what stands before it. The first key signs; those after it still verify.
/// </summary>
internal sealed partial class PassSeal
{
    private const string Version = "p1.";
    private const int TextLengthMax = 4_096;

    private readonly byte[][] _keys;

    public PassSeal(IEnumerable<byte[]> clusterKeys)
    {
        _keys = [.. clusterKeys.Select(key => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: "itwin pass"u8.ToArray()))];
        if (_keys.Length == 0)
        {
            throw new ArgumentException("There is no cluster key; expected one at least.", nameof(clusterKeys));
        }
    }

    public string Sign(Claims claims)
    {
        var head = Version + Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims, ClaimsJson.Default.Claims));
        return $"{head}.{Base64Url.EncodeToString(HMACSHA256.HashData(_keys[0], Encoding.ASCII.GetBytes(head)))}";
    }

    /// <summary>The claims of a pass that this cluster signed, whether or not its time has passed; null for any other text.</summary>
    public Claims? Open(string text)
    {
        var dot = text.LastIndexOf('.');
        if (text.Length > TextLengthMax || dot <= Version.Length || !text.StartsWith(Version, StringComparison.Ordinal) || !Ascii.IsValid(text))
        {
            return null;
        }

        try
        {
            var head = Encoding.ASCII.GetBytes(text, 0, dot);
            var mac = Base64Url.DecodeFromChars(text.AsSpan(dot + 1));
            return Array.Exists(_keys, key => CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key, head), mac))
                ? JsonSerializer.Deserialize(Base64Url.DecodeFromChars(text.AsSpan(Version.Length, dot - Version.Length)), ClaimsJson.Default.Claims)
                : null;
        }
        catch (Exception fault) when (fault is FormatException or JsonException)
        {
            return null;
        }
    }

    /// <summary>What a pass says.</summary>
    /// <param name="Pass">Its own id, so that it can be ended.</param>
    /// <param name="Id">Whose it is.</param>
    /// <param name="Name">The name for people.</param>
    /// <param name="Role">The role.</param>
    /// <param name="Scopes">The scopes.</param>
    /// <param name="Tenant">The tenant.</param>
    /// <param name="Ends">Until when it counts, microseconds since 1970-01-01 UTC.</param>
    /// <param name="Silo">Whether it is a silo's own.</param>
    /// <param name="Until">When the credential that it came from ends, microseconds since 1970-01-01 UTC, or null.</param>
    /// <param name="Proof">How its caller showed who it is, or null.</param>
    internal sealed record Claims(string Pass, string Id, string Name, Role Role, string[] Scopes, string? Tenant, long Ends, bool Silo = false, long? Until = null, Proof? Proof = null);

    [JsonSerializable(typeof(Claims))]
    private sealed partial class ClaimsJson : JsonSerializerContext;
}
