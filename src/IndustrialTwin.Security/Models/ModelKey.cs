using System.Security.Cryptography;

namespace IndustrialTwin.Models;

/// <summary>The keys that sign models: ECDSA on P-256, as PEM files.</summary>
public static class ModelKey
{
    private const string P256 = "1.2.840.10045.3.1.7", PublicLabel = "PUBLIC KEY";
    private const int FileBytesMax = 1 << 14;
    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a key: the private one in <paramref name="file"/>, which only its owner may read, the public one beside it.</summary>
    /// <returns>The public key's file, and the key's id.</returns>
    /// <exception cref="IOException">One of the files is there already, and stays as it is; or it cannot be written.</exception>
    public static (string PublicFile, string Id) Create(string file)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var publicFile = Path.ChangeExtension(file, ".pub.pem");
        if (File.Exists(publicFile))
        {
            throw new IOException($"The file '{publicFile}' already exists.");
        }

        Write(file, key.ExportPkcs8PrivateKeyPem(), OwnersOnly);
        Write(publicFile, key.ExportSubjectPublicKeyInfoPem(), OwnersOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        return (publicFile, IdOf(key.ExportSubjectPublicKeyInfo()));
    }

    /// <summary>Reads a private key.</summary>
    /// <exception cref="ModelKeyException">The file is not there, or no private key on P-256.</exception>
    public static ECDsa ReadPrivate(string file) => Read(file, isPrivate: true);

    /// <summary>Reads a public key.</summary>
    /// <returns>The key as its SubjectPublicKeyInfo.</returns>
    /// <exception cref="ModelKeyException">The file is not there, or no public key on P-256.</exception>
    public static byte[] ReadPublic(string file)
    {
        using var key = Read(file, isPrivate: false);
        return key.ExportSubjectPublicKeyInfo();
    }

    /// <summary>What a key is called: SHA-256 of its SubjectPublicKeyInfo, 64 lower-case hexadecimal digits.</summary>
    public static string IdOf(ReadOnlySpan<byte> publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey));

    private static ECDsa Read(string file, bool isPrivate)
    {
        var expected = isPrivate ? "a private key on the curve P-256, as PEM" : "a public key on the curve P-256, as PEM";
        var key = ECDsa.Create();
        try
        {
            if (new FileInfo(file).Length > FileBytesMax)
            {
                throw new ModelKeyException($"'{file}' has more than {FileBytesMax} bytes; expected {expected}.");
            }

            var text = File.ReadAllText(file);
            var label = PemEncoding.TryFind(text, out var fields) ? text[fields.Label] : string.Empty;
            if (label == PublicLabel == isPrivate)
            {
                throw new ModelKeyException($"'{file}' holds {(label.Length == 0 ? "no PEM" : $"a '{label}'")}; expected {expected}.");
            }

            key.ImportFromPem(text);
            return key.ExportParameters(includePrivateParameters: false).Curve.Oid?.Value == P256
                ? key
                : throw new ModelKeyException($"'{file}' holds a key on another curve; expected {expected}.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new ModelKeyException($"'{file}' cannot be read ({fault.Message.TrimEnd('.')}); expected {expected}.", fault);
        }
        catch (ModelKeyException)
        {
            key.Dispose();
            throw;
        }
    }

    private static void Write(string file, string pem, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using var writer = new StreamWriter(file, options);
        writer.Write(pem + "\n");
    }
}
