using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using IndustrialTwin.Starting;

namespace IndustrialTwin.Kernels;

/// <summary>An assembly's file as it was read once: what was hashed is what is loaded, whoever writes to the folder meanwhile.</summary>
/// <param name="Path">Where it was.</param>
/// <param name="Sha256">What its bytes hash to, 64 lower-case hexadecimal digits.</param>
/// <param name="Name">The assembly's name and version.</param>
/// <param name="References">The assemblies that it needs.</param>
/// <param name="Image">Its bytes.</param>
internal sealed partial record KernelFile(string Path, string Sha256, AssemblyName Name, IReadOnlyList<AssemblyName> References, byte[] Image)
{
    /// <summary>Bytes that a file may have.</summary>
    private const long BytesMax = 64 << 20;

    /// <summary>Reads a file that the configuration names; nothing of it is run.</summary>
    /// <exception cref="StartException">It is not there, not as it was named, or no assembly; the message says where it is configured.</exception>
    public static KernelFile Read(KernelFileOptions options, string setting)
    {
        if (options.Path is not { Length: > 0 } path || !System.IO.Path.IsPathFullyQualified(path))
        {
            throw new StartException($"{setting}:{nameof(options.Path)} is '{options.Path}'; expected the absolute path of an assembly.");
        }

        if (options.Sha256 is not { } expected || !Hash().IsMatch(expected))
        {
            throw new StartException($"{setting}:{nameof(options.Sha256)} is '{options.Sha256}'; expected the SHA-256 of '{path}', 64 hexadecimal digits.");
        }

        var image = Bytes(path, setting);
        var found = Convert.ToHexStringLower(SHA256.HashData(image));
        if (!found.Equals(expected, StringComparison.OrdinalIgnoreCase))
        {
            throw new StartException(
                $"{setting}: the assembly '{path}' has the SHA-256 {found}; expected {expected}. It is not the one that was allowed, and the silo does not start with it.");
        }

        try
        {
            using var reader = new PEReader(new MemoryStream(image, writable: false));
            var metadata = reader.GetMetadataReader();
            return new KernelFile(
                path, found, metadata.GetAssemblyDefinition().GetAssemblyName(),
                [.. metadata.AssemblyReferences.Select(reference => metadata.GetAssemblyReference(reference).GetAssemblyName())], image);
        }
        catch (Exception fault) when (fault is BadImageFormatException or InvalidOperationException)
        {
            throw new StartException($"{setting}: '{path}' is no .NET assembly ({fault.Message.TrimEnd('.')}); expected one with kernels.", fault);
        }
    }

    private static byte[] Bytes(string path, string setting)
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length <= BytesMax
                ? File.ReadAllBytes(path)
                : throw new StartException($"{setting}: '{path}' has {length} bytes; expected at most {BytesMax}.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{setting}: '{path}' cannot be read ({fault.Message.TrimEnd('.')}); expected an assembly.", fault);
        }
    }

    [GeneratedRegex("^[0-9a-fA-F]{64}$")]
    private static partial Regex Hash();
}
