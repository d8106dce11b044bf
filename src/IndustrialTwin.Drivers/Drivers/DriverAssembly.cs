using System.Reflection;
using System.Runtime.Loader;
using System.Security.Cryptography;
using IndustrialTwin.Devices;

namespace IndustrialTwin.Drivers;

/// <summary>
/// Loads a driver's class from an assembly that is named in full. The assembly and what it brings live in a load context of their own;
/// what the program itself has (Compute among it) is shared, so that both mean the same types.
/// </summary>
public static class DriverAssembly
{
    /// <summary>Makes the driver.</summary>
    /// <param name="path">The assembly's file.</param>
    /// <param name="type">Full name of a public class that derives from <see cref="DeviceDriver"/>.</param>
    /// <param name="settings">Handed to its constructor, if that takes them.</param>
    /// <param name="sha256">What the file must hash to, in hexadecimal; null where any file will do.</param>
    /// <exception cref="DriverException">The file or the class is not as it must be, or its constructor fails.</exception>
    public static DeviceDriver Load(string path, string type, IReadOnlyDictionary<string, string> settings, string? sha256 = null)
    {
        var file = Path.GetFullPath(path);
        if (!File.Exists(file))
            throw new DriverException($"There is no driver assembly '{file}'.");
        try
        {
            var image = File.ReadAllBytes(file); // Read once: what is hashed is what is loaded, whoever writes to the folder meanwhile.
            if (sha256 is not null && Convert.ToHexString(SHA256.HashData(image)) is var found && !found.Equals(sha256, StringComparison.OrdinalIgnoreCase))
                throw new DriverException($"Driver assembly '{file}' has SHA-256 {found}; expected {sha256}.");
            return Make(new Context(file).LoadFromStream(new MemoryStream(image, writable: false)), file, type, settings);
        }
        catch (Exception error) when (error is BadImageFormatException or IOException or UnauthorizedAccessException or TypeLoadException or MissingMethodException)
        {
            throw new DriverException($"Driver assembly '{file}' cannot be loaded: {error.Message}", error);
        }
        catch (TargetInvocationException error)
        {
            throw new DriverException($"Driver '{type}' of '{file}' cannot be made: {error.InnerException?.Message}", error);
        }
    }

    private static DeviceDriver Make(Assembly assembly, string file, string name, IReadOnlyDictionary<string, string> settings)
    {
        var type = assembly.GetType(name) is { IsPublic: true, IsAbstract: false } found && found.IsAssignableTo(typeof(DeviceDriver))
            ? found
            : throw new DriverException($"'{file}' has no public class '{name}' that derives from {typeof(DeviceDriver).FullName}.");
        if (type.GetConstructor([typeof(IReadOnlyDictionary<string, string>)]) is { } taking)
            return (DeviceDriver)taking.Invoke([settings]);
        if (settings.Count > 0)
            throw new DriverException($"Driver '{name}' takes no settings; there are {string.Join(", ", settings.Keys)}.");
        return type.GetConstructor([]) is { } bare
            ? (DeviceDriver)bare.Invoke([])
            : throw new DriverException($"Driver '{name}' needs a public constructor without parameters, or with an IReadOnlyDictionary<string, string>.");
    }

    private sealed class Context(string file) : AssemblyLoadContext($"driver {Path.GetFileName(file)}")
    {
        private readonly AssemblyDependencyResolver _resolver = new(file);

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            try
            {
                return Default.LoadFromAssemblyName(assemblyName);
            }
            catch (IOException)
            {
                return _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
            }
        }

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
    }
}
