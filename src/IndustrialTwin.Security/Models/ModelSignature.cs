using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using IndustrialTwin.Keys;

namespace IndustrialTwin.Models;

/// <summary>
/// What lies beside a model's file as <c>name.onnx.sig</c>, as JSON: who vouches for these bytes under this name and version.
/// </summary>
/// <param name="KeyId">The key that signed, see <see cref="ModelKey.IdOf"/>.</param>
/// <param name="Name">The name under which the model may be asked for: that of its file, without the ending.</param>
/// <param name="Version">The version that the signer gave it: 1 to 64 letters, digits, dots, dashes, underscores and plus signs.</param>
/// <param name="Signature">ECDSA with SHA-256 over <see cref="StatementOf"/>, in DER form.</param>
public sealed partial record ModelSignature(string KeyId, string Name, string Version, byte[] Signature)
{
    /// <summary>What follows the name of a model's file.</summary>
    public const string Ending = ".sig";

    private const int FileBytesMax = 4_096;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Signs a model.</summary>
    /// <exception cref="FormatException">The name or the version is none.</exception>
    public static ModelSignature Sign(ReadOnlySpan<byte> model, string name, string version, ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var unsigned = new ModelSignature(ModelKey.IdOf(key.ExportSubjectPublicKeyInfo()), name, version, []).Checked();
        return unsigned with { Signature = key.SignData(StatementOf(model, name, version), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence) };
    }

    /// <summary>Whether the key signed these bytes under this name and version.</summary>
    /// <param name="model">The model file's bytes.</param>
    /// <param name="publicKey">The key's SubjectPublicKeyInfo.</param>
    public bool IsOf(ReadOnlySpan<byte> model, ReadOnlySpan<byte> publicKey)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out _);
        return key.VerifyData(StatementOf(model, Name, Version), Signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>Reads a signature's file.</summary>
    /// <exception cref="FormatException">It is no signature.</exception>
    public static ModelSignature Read(string file)
    {
        if (new FileInfo(file).Length > FileBytesMax)
        {
            throw new FormatException($"it has more than {FileBytesMax} bytes");
        }

        try
        {
            return (JsonSerializer.Deserialize<ModelSignature>(File.ReadAllText(file), Json) ?? throw new FormatException("it is null")).Checked();
        }
        catch (JsonException fault)
        {
            throw new FormatException(fault.Message.TrimEnd('.'), fault);
        }
    }

    /// <summary>Writes the signature's file, in place of the one before.</summary>
    public void Write(string file)
    {
        var draft = $"{file}.{Guid.NewGuid():N}";
        File.WriteAllText(draft, JsonSerializer.Serialize(this, Json) + "\n");
        File.Move(draft, file, overwrite: true);
    }

    /// <summary>What is signed: four lines of UTF-8, which no name and no version can imitate, since neither holds a line's end.</summary>
    internal static byte[] StatementOf(ReadOnlySpan<byte> model, string name, string version) =>
        Encoding.UTF8.GetBytes($"itwin.model.1\n{name}\n{version}\n{Convert.ToHexStringLower(SHA256.HashData(model))}\n");

    private ModelSignature Checked() =>
        KeyPath.Fault(Name, 1) is { } fault ? throw new FormatException($"the name '{Name}' cannot stand in a key: {fault}")
        : !KeyIdText().IsMatch(KeyId) ? throw new FormatException("its key id is not 64 lower-case hexadecimal digits")
        : !VersionText().IsMatch(Version) ? throw new FormatException($"the version is '{Version}'; expected 1 to 64 of a-z, A-Z, 0-9 and . _ + -")
        : this;

    [GeneratedRegex(@"\A[A-Za-z0-9._+-]{1,64}\z")]
    private static partial Regex VersionText();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex KeyIdText();
}
