using System.Security.Cryptography;

namespace IndustrialTwin.Gameday;

/// <summary>A trained model from somebody who may not give one.</summary>
internal sealed class UnsignedModelDrill : Drill
{
    /// <summary>y = Relu(x · [1, 2]ᵀ + 0.5) in ONNX form, operator set 17.</summary>
    private const string Model =
        "CAg6gQEKEgoBeAoBdwoBYhIBeiIER2VtbQoMCgF6EgF5IgRSZWx1EgVkcmlsbCoTCAIIARABQgF3SggAAIA/AAAAQCoNCAEQAUIBYkoEAAAAP1oYCgF4EhMKEQgBEg0KBxIFYmF0Y2gKAggCYhgKAXkSEwoRCAESDQoHEgViYXRjaAoCCAFCAhAR";

    public override string Name => "unsigned-model";

    public override string Attempted => "models in a silo's folder: without a signature, signed by a stranger, changed after it was signed, and signed as it should be";

    public override string Expected => "the silo starts with the signed one alone, and names the file and the reason for the others";

    public override async Task RunAsync(Trial trial, CancellationToken cancellationToken)
    {
        using var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var folder = string.Empty;
        var settings = new Dictionary<string, string>();
        var plan = new InstallationPlan
        {
            Settings = settings,
            Prepare = async data =>
            {
                folder = Directory.CreateDirectory(Path.Combine(data, "models")).FullName;
                settings["Models__Folder"] = folder;
                if (trial.IsSecured)
                {
                    settings["Models__SignersFile"] = Path.Combine(data, "signers.pem");
                    await File.WriteAllTextAsync(settings["Models__SignersFile"], signer.ExportSubjectPublicKeyInfoPem(), cancellationToken);
                }

                await WriteAsync(folder, signer, isChanged: false);
            },
        };
        await using var place = await trial.OwnAsync(plan, cancellationToken);
        trial.Must(place.Silo.IsRunning, "signed: the silo started");
        await place.Silo.KillAsync();
        foreach (var (what, by, isChanged) in (IEnumerable<(string, ECDsa?, bool)>)[("unsigned", null, false), ("signed by a stranger", stranger, false), ("changed after signing", signer, true)])
        {
            await WriteAsync(folder, by, isChanged);
            string said;
            try
            {
                await place.RestartAsync(cancellationToken);
                said = "it STARTED";
            }
            catch (CommandLine.CommandFault)
            {
                said = place.Silo.Said.Contains("drill.onnx", StringComparison.Ordinal) ? "it does not start, and names the file" : $"it does not start: {place.Silo.Said}";
            }

            trial.Must(said.EndsWith("names the file", StringComparison.Ordinal), $"{what}: {said}");
            await place.Silo.KillAsync();
        }
    }

    private static async Task WriteAsync(string folder, ECDsa? signer, bool isChanged)
    {
        var (file, model) = (Path.Combine(folder, "drill.onnx"), Convert.FromBase64String(Model));
        File.Delete(file + ".sig");
        if (signer is not null)
        {
            await File.WriteAllBytesAsync(file + ".sig", signer.SignData(model, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        }

        if (isChanged)
        {
            var bias = model.AsSpan().LastIndexOf((byte)0x3f); // Another number where the bias stands.
            model[bias] = 0x40;
        }

        await File.WriteAllBytesAsync(file, model);
    }
}
