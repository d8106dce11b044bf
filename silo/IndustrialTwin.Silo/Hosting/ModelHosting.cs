using IndustrialTwin.Kernels;
using IndustrialTwin.Operations.Models;
using IndustrialTwin.Starting;

namespace IndustrialTwin.Hosting;

/// <summary>The trained models that the silo's grid can be asked for.</summary>
internal static class ModelHosting
{
    private const string FolderSetting = "Models:Folder";
    private const string SignersSetting = "Models:SignersFile";

    /// <summary>Adds each <c>*.onnx</c> file of the folder that <c>Models:Folder</c> names, under the file's name; none where it is not set.</summary>
    /// <exception cref="StartException">There is no such folder, or a file is no model that can be run, or not one of the signers'.</exception>
    public static void AddModels(this ISiloBuilder silo, IConfiguration configuration)
    {
        if (configuration[FolderSetting] is not { Length: > 0 } folder)
        {
            return;
        }

        try
        {
            var signers = configuration[SignersSetting] is { Length: > 0 } file ? ModelSigners.Read(file) : null;
            foreach (var path in Directory.EnumerateFiles(folder, "*.onnx").Order(StringComparer.Ordinal))
            {
                var bytes = File.ReadAllBytes(path);
                signers?.Check(path, bytes);
                silo.AddModel(OnnxModel.Load(Path.GetFileNameWithoutExtension(path), bytes));
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StartException($"{FolderSetting} is '{folder}': {fault.Message} Expected a folder of models in ONNX form.", fault);
        }
    }
}
