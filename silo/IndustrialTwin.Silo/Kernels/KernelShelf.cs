using System.Reflection;
using IndustrialTwin.Starting;
using Orleans.Serialization;
using Orleans.Serialization.Configuration;

namespace IndustrialTwin.Kernels;

/// <summary>One loaded assembly: its file, its libraries' files, and the bindings that were found in it.</summary>
internal sealed record LoadedKernels(KernelFile File, IReadOnlyList<KernelFile> Libraries, IReadOnlyList<Assembly> Assemblies, IReadOnlyList<KernelBinding> Bindings);

/// <summary>The kernels that the silo was given beside its own.</summary>
internal sealed record KernelShelf(IReadOnlyList<LoadedKernels> Loaded)
{
    /// <summary>Assemblies, and libraries of one, that may be named.</summary>
    private const int FilesMax = 64;

    /// <summary>Reads all files, and then loads them: where one is not the one that was allowed, nothing of any of them is run.</summary>
    /// <exception cref="StartException">Names the setting, the assembly, the type and what was expected.</exception>
    public static KernelShelf Load(KernelOptions options)
    {
        const string Setting = $"{KernelOptions.Section}:{nameof(KernelOptions.Assemblies)}";
        Bound(options.Assemblies.Count, Setting);
        var read = options.Assemblies.Select((assembly, place) =>
        {
            var setting = $"{Setting}:{place}";
            var libraries = $"{setting}:{nameof(assembly.Libraries)}";
            Bound(assembly.Libraries.Count, libraries);
            return (Setting: setting, File: KernelFile.Read(assembly, setting),
                Libraries: assembly.Libraries.Select((library, at) => KernelFile.Read(library, $"{libraries}:{at}")).ToArray());
        }).ToArray();
        if (read.GroupBy(each => each.File.Name.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new StartException($"{Setting} names the assembly '{twice.Key}' {twice.Count()} times; expected once.");
        }

        var shelf = new KernelShelf([.. read.Select(each =>
        {
            var assemblies = new KernelContext(each.File, each.Libraries).LoadAll(each.Setting);
            return new LoadedKernels(each.File, each.Libraries, assemblies, KernelTypes.BindingsOf(assemblies[0], each.Setting));
        })]);
        shelf.CheckMessages(Setting);
        return shelf;
    }

    /// <summary>Gives the silo the bindings, and lets requests and results of their assemblies cross wires; other types of theirs stay unknown.</summary>
    public void AddTo(ISiloBuilder silo)
    {
        foreach (var loaded in Loaded)
        {
            foreach (var binding in loaded.Bindings)
            {
                silo.AddKernel(binding);
            }

            silo.Services.AddSerializer(serializer =>
            {
                foreach (var assembly in loaded.Assemblies)
                {
                    serializer.AddAssembly(assembly);
                }
            });
        }
    }

    /// <summary>What crosses wires is known by one name in all of the silo, so one type has it, and it is loaded once.</summary>
    private void CheckMessages(string setting)
    {
        var messages = Loaded.SelectMany(loaded => loaded.Assemblies).Where(assembly => assembly.IsDefined(typeof(TypeManifestProviderAttribute)));
        if (messages.GroupBy(assembly => assembly.GetName().Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new StartException($"{setting} brings the assembly '{twice.Key}', which has types that cross wires, {twice.Count()} times; expected once, so its kernels in one assembly.");
        }

        var requests = Loaded.SelectMany(loaded => loaded.Bindings).Select(binding => binding.RequestType).Distinct();
        if (requests.GroupBy(request => request.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias).FirstOrDefault(group => group.Count() > 1) is { } alike)
        {
            throw new StartException($"{setting}: {string.Join(" and ", alike.Select(request => request.FullName))} have the alias '{alike.Key}'; expected one of its own for each.");
        }
    }

    private static void Bound(int count, string setting)
    {
        if (count > FilesMax)
        {
            throw new StartException($"{setting} names {count} files; expected at most {FilesMax}.");
        }
    }
}
