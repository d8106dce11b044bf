using System.Security.Cryptography;
using IndustrialTwin.Starting;

namespace IndustrialTwin.Hosting;

/// <summary>
/// Whose models count. Beside each <c>x.onnx</c> stands <c>x.onnx.sig</c>, an ECDSA signature of the file with SHA-256 in DER form, as
/// <c>openssl dgst -sha256 -sign key.pem -out x.onnx.sig x.onnx</c> makes it.
/// </summary>
internal sealed class ModelSigners
{
    private const string Ending = ".sig";
    private const int SignatureBytesMax = 1_024;

    private readonly ECParameters[] _keys;

    private ModelSigners(ECParameters[] keys) => _keys = keys;

    /// <summary>Reads the signers' public keys: PEM, one or several.</summary>
    /// <exception cref="StartException">The file cannot be read or holds no such key.</exception>
    public static ModelSigners Read(string file)
    {
        try
        {
            var keys = new List<ECParameters>();
            var text = File.ReadAllText(file).AsSpan();
            while (PemEncoding.TryFind(text, out var found))
            {
                using var key = ECDsa.Create();
                key.ImportFromPem(text[found.Location]);
                keys.Add(key.ExportParameters(includePrivateParameters: false));
                text = text[found.Location.End..];
            }

            return keys.Count > 0 ? new ModelSigners([.. keys]) : throw new CryptographicException("it holds none");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new StartException($"Models:SignersFile is '{file}', which cannot be used ({fault.Message.TrimEnd('.')}); expected public keys on elliptic curves as PEM.", fault);
        }
    }

    /// <summary>Checks a model's signature.</summary>
    /// <exception cref="StartException">It has none, or not one of a signer.</exception>
    public void Check(string path, byte[] model)
    {
        var file = path + Ending;
        if (!File.Exists(file) || new FileInfo(file).Length > SignatureBytesMax)
        {
            throw new StartException($"The model '{path}' is not signed: expected its signature in '{file}', since Models:SignersFile is set.");
        }

        var signature = File.ReadAllBytes(file);
        if (!Array.Exists(_keys, parameters => IsBy(parameters, model, signature)))
        {
            throw new StartException($"The model '{path}' was changed after it was signed, or signed by somebody who is not in Models:SignersFile.");
        }
    }

    private static bool IsBy(ECParameters parameters, byte[] model, byte[] signature)
    {
        using var key = ECDsa.Create(parameters);
        return key.VerifyData(model, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }
}
