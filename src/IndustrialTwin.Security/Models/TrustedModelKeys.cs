namespace IndustrialTwin.Models;

/// <summary>The public keys whose models are taken. While one is replaced by another, both.</summary>
public sealed class TrustedModelKeys
{
    private readonly Dictionary<string, byte[]> _keys = [];

    private TrustedModelKeys()
    {
    }

    /// <summary>The keys' ids.</summary>
    public IReadOnlyCollection<string> Ids => _keys.Keys;

    /// <summary>Reads each <c>*.pem</c> file of a folder.</summary>
    /// <exception cref="ModelKeyException">There is no such folder, no key in it, or a file is no public key.</exception>
    public static TrustedModelKeys Read(string folder)
    {
        var trusted = new TrustedModelKeys();
        try
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*.pem").Order(StringComparer.Ordinal))
            {
                var key = ModelKey.ReadPublic(file);
                trusted._keys[ModelKey.IdOf(key)] = key;
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ModelKeyException($"'{folder}' cannot be read ({fault.Message.TrimEnd('.')}); expected a folder of public keys (*.pem).", fault);
        }

        return trusted._keys.Count > 0 ? trusted : throw new ModelKeyException($"'{folder}' holds no public key (*.pem); expected one or more.");
    }

    /// <summary>Judges a model by the signature beside its file.</summary>
    /// <param name="file">The model's file.</param>
    /// <param name="model">Its bytes: those that will be run, so that nobody exchanges the file in between.</param>
    public ModelVerdict Judge(string file, ReadOnlySpan<byte> model)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        var beside = file + ModelSignature.Ending;
        if (!File.Exists(beside))
        {
            return Refused(ModelRefusal.Unsigned, $"there is no signature '{Path.GetFileName(beside)}' beside it; 'itwin model sign' makes one");
        }

        ModelSignature signature;
        try
        {
            signature = ModelSignature.Read(beside);
        }
        catch (Exception fault) when (fault is FormatException or IOException or UnauthorizedAccessException)
        {
            return Refused(ModelRefusal.UnreadableSignature, $"'{Path.GetFileName(beside)}' is no signature of a model: {fault.Message}");
        }

        if (!_keys.TryGetValue(signature.KeyId, out var key))
        {
            return Refused(ModelRefusal.ForeignKey, $"it was signed with the key {Short(signature.KeyId)}, which is not trusted; trusted are {string.Join(", ", Ids.Select(Short))}");
        }

        if (!signature.IsOf(model, key))
        {
            return Refused(ModelRefusal.Tampered, $"its bytes, or the name or version in its signature, are not those that the key {Short(signature.KeyId)} signed");
        }

        return signature.Name != name
            ? Refused(ModelRefusal.Renamed, $"it was signed as '{signature.Name}'")
            : new ModelVerdict(name, file, null, $"version {signature.Version}, signed with the key {Short(signature.KeyId)}");

        ModelVerdict Refused(ModelRefusal refusal, string detail) => new(name, file, refusal, detail);
    }

    /// <summary>Enough of an id for people.</summary>
    private static string Short(string id) => id[..16];
}
