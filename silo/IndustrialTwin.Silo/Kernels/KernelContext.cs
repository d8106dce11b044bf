using System.Reflection;
using System.Runtime.Loader;
using IndustrialTwin.Starting;

namespace IndustrialTwin.Kernels;

/// <summary>
/// Where one kernel assembly and its libraries live. What the silo itself has (its contracts, Orleans, ILGPU) is shared, so that both mean
/// the same types; beside that there is only what the configuration names: no folder is searched.
/// </summary>
internal sealed class KernelContext(KernelFile file, IReadOnlyList<KernelFile> libraries) : AssemblyLoadContext($"kernels {file.Name.Name}")
{
    /// <summary>Loads the assembly and its libraries.</summary>
    /// <exception cref="StartException">Something that they need is neither in the silo nor among the libraries.</exception>
    public IReadOnlyList<Assembly> LoadAll(string setting)
    {
        KernelFile[] files = [file, .. libraries];
        foreach (var needing in files)
        {
            foreach (var needed in needing.References)
            {
                if (!libraries.Any(library => IsMet(needed, library.Name)) && Missing(needed) is { } missing)
                {
                    throw new StartException(
                        $"{setting}: the assembly '{needing.Path}' needs {needed.Name} {needed.Version}, and the silo {missing}; "
                        + $"expected it among {setting}:{nameof(KernelAssemblyOptions.Libraries)}.");
                }
            }
        }

        return [.. files.Select(each => Assemblies.FirstOrDefault(loaded => loaded.GetName().Name == each.Name.Name) ?? Load(each))];
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName) =>
        Shared(assemblyName) ?? (libraries.FirstOrDefault(library => IsMet(assemblyName, library.Name)) is { } library ? Load(library) : null);

    private Assembly Load(KernelFile each)
    {
        using var image = new MemoryStream(each.Image, writable: false);
        return LoadFromStream(image);
    }

    private static bool IsMet(AssemblyName needed, AssemblyName had) => needed.Name == had.Name && had.Version >= needed.Version;

    private static string? Missing(AssemblyName needed)
    {
        try
        {
            Default.LoadFromAssemblyName(needed);
            return null;
        }
        catch (FileNotFoundException)
        {
            return "does not have it";
        }
        catch (IOException fault)
        {
            return $"has another ({fault.Message.TrimEnd('.')})";
        }
    }

    private static Assembly? Shared(AssemblyName needed)
    {
        try
        {
            return Default.LoadFromAssemblyName(needed);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
