using System.Security.Cryptography;
using IndustrialTwin.Models;

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
        var settings = new Dictionary<string, string>();
        var plan = new InstallationPlan
        {
            Settings = settings,
            Prepare = async data =>
            {
                var folder = settings["Models__Folder"] = Directory.CreateDirectory(Path.Combine(data, "models")).FullName;
                if (trial.IsSecured)
                {
                    settings["Models__TrustedKeys"] = Directory.CreateDirectory(Path.Combine(data, "keys")).FullName;
                    settings["Models__RequireSignature"] = "true";
                    await File.WriteAllTextAsync(
                        Path.Combine(settings["Models__TrustedKeys"], "signer.pem"), signer.ExportSubjectPublicKeyInfoPem(), cancellationToken);
                }

                Write(folder, "signed", signer, isChanged: false);
                Write(folder, "unsigned", null, isChanged: false);
                Write(folder, "foreign", stranger, isChanged: false);
                Write(folder, "changed", signer, isChanged: true);
            },
        };
        await using var place = await trial.OwnAsync(plan, cancellationToken);
        trial.Must(place.Silo.Said.Contains("Model 'signed' (", StringComparison.Ordinal), "signed: the silo has it");
        foreach (var (name, reason) in (IEnumerable<(string, string)>)[("unsigned", "Unsigned"), ("foreign", "ForeignKey"), ("changed", "Tampered")])
        {
            var line = place.Silo.Said.Split('\n').FirstOrDefault(said => said.Contains($"ModelRefused: model '{name}'", StringComparison.Ordinal));
            trial.Must(line?.Contains($"({reason})", StringComparison.Ordinal) ?? false, $"{name}: {(line is null ? "the silo TOOK it" : $"refused as {reason}")}");
        }
    }

    private static void Write(string folder, string name, ECDsa? signer, bool isChanged)
    {
        var (file, model) = (Path.Combine(folder, $"{name}.onnx"), Convert.FromBase64String(Model));
        if (signer is not null)
        {
            ModelSignature.Sign(model, name, "1", signer).Write(file + ModelSignature.Ending);
        }

        if (isChanged)
        {
            model[model.AsSpan().LastIndexOf((byte)0x3f)] = 0x40; // Another number where the bias stands.
        }

        File.WriteAllBytes(file, model);
    }
}
