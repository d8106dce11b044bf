using IndustrialTwin.Operations.Models;
using IndustrialTwin.Starting;

namespace IndustrialTwin.Models;

/// <summary>The trained models that the silo's grid can be asked for, and what became of those that it was given.</summary>
/// <param name="Models">Those that were taken.</param>
/// <param name="Verdicts">A verdict on each file, also on those that were refused.</param>
internal sealed record ModelShelf(IReadOnlyList<OnnxModel> Models, IReadOnlyList<ModelVerdict> Verdicts)
{
    private const string
        FolderSetting = ModelOptions.Section + ":" + nameof(ModelOptions.Folder),
        KeysSetting = ModelOptions.Section + ":" + nameof(ModelOptions.TrustedKeys),
        RuleSetting = ModelOptions.Section + ":" + nameof(ModelOptions.RequireSignature);

    /// <summary>Reads each <c>*.onnx</c> file of the models' folder, under the file's name; none where it is not set.</summary>
    /// <exception cref="StartException">There is no such folder, a file that may be taken is no model that can be run, or there are no keys where they are needed.</exception>
    public static ModelShelf Read(ModelOptions options, bool isBeyondLoopback)
    {
        if (options.Folder is not { Length: > 0 } folder)
        {
            return new ModelShelf([], []);
        }

        var (models, verdicts) = (new List<OnnxModel>(), new List<ModelVerdict>());
        var keys = Keys(options, isBeyondLoopback);
        try
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*.onnx").Order(StringComparer.Ordinal))
            {
                var bytes = File.ReadAllBytes(file);
                var verdict = Judge(file, bytes, keys, options.IsSignatureRequired(isBeyondLoopback));
                verdicts.Add(verdict);
                if (verdict.Refusal is null)
                {
                    models.Add(OnnxModel.Load(verdict.Model, bytes));
                }
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StartException($"{FolderSetting} is '{folder}': {fault.Message} Expected a folder of models in ONNX form.", fault);
        }

        return new ModelShelf(models, verdicts);
    }

    private static TrustedModelKeys? Keys(ModelOptions options, bool isBeyondLoopback)
    {
        if (options.TrustedKeys is { Length: > 0 } folder)
        {
            try
            {
                return TrustedModelKeys.Read(folder);
            }
            catch (ModelKeyException fault)
            {
                throw new StartException($"{KeysSetting}: {fault.Message}", fault);
            }
        }

        return !options.IsSignatureRequired(isBeyondLoopback) ? null : throw new StartException(
            $"{FolderSetting} is '{options.Folder}', and {(options.RequireSignature == SignatureRule.True ? $"{RuleSetting} is on" : "other computers can reach this silo")}, "
            + $"so that models have to be signed; but {KeysSetting} is not set. Name a folder of public keys ('itwin model keygen' makes one), or set {RuleSetting}=false.");
    }

    private static ModelVerdict Judge(string file, byte[] model, TrustedModelKeys? keys, bool isRequired)
    {
        var verdict = keys?.Judge(file, model);
        return verdict is null or { Refusal: ModelRefusal.Unsigned } && !isRequired
            ? new ModelVerdict(Path.GetFileNameWithoutExtension(file), file, null, "no signature was checked, and none is required here")
            : verdict!;
    }
}
