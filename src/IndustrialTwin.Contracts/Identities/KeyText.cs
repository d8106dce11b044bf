using System.Buffers.Text;
using System.Security.Cryptography;

namespace IndustrialTwin.Identities;

/// <summary>Access keys as their holders show them: <c>itwin_</c>, 8 characters that are the id, <c>_</c>, 43 that are the secret.</summary>
public static class KeyText
{
    private const string Prefix = "itwin_";
    private const int IdLength = 8, SecretBytes = 32, SaltBytes = 16, SecretLength = 43;

    private const string IdLetters = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>A key of 256 random bits for a request.</summary>
    public static (StoredKey Stored, string Text) Make(AccessKeyRequest request, long nowUs)
    {
        ArgumentNullException.ThrowIfNull(request);
        var id = RandomNumberGenerator.GetString(IdLetters, IdLength);
        var secret = RandomNumberGenerator.GetBytes(SecretBytes);
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var key = new AccessKey(id, request.Name, request.Role, request.Scope, request.Tenant, nowUs, request.ExpiresUs, null);
        return (new StoredKey(key, salt, Hash(salt, secret)), $"{Prefix}{id}_{Base64Url.EncodeToString(secret)}");
    }

    /// <summary>Reads the id out of a text; answers false where it has not the form of a key.</summary>
    public static bool TryRead(string text, out string id, out byte[] secret)
    {
        ArgumentNullException.ThrowIfNull(text);
        (id, secret) = (string.Empty, []);
        if (text.Length != Prefix.Length + IdLength + 1 + SecretLength || !text.StartsWith(Prefix, StringComparison.Ordinal) || text[Prefix.Length + IdLength] != '_')
        {
            return false;
        }

        id = text.Substring(Prefix.Length, IdLength);
        var bytes = new byte[SecretBytes];
        var good = Base64Url.TryDecodeFromChars(text.AsSpan(Prefix.Length + IdLength + 1), bytes, out var length) && length == SecretBytes;
        secret = bytes;
        return good;
    }

    /// <summary>Whether a secret is the one that a key was made with.</summary>
    public static bool Fits(StoredKey key, byte[] secret)
    {
        ArgumentNullException.ThrowIfNull(key);
        return CryptographicOperations.FixedTimeEquals(Hash(key.Salt, secret), key.Hash);
    }

    private static byte[] Hash(byte[] salt, byte[] secret) => SHA256.HashData([.. salt, .. secret]);
}
