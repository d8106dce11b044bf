namespace IndustrialTwin.Kernels;

/// <summary>The kernels of one's own that the silo loads, read from the configuration section <see cref="Section"/>; none by default.</summary>
internal sealed class KernelOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Kernels";

    /// <summary>The assemblies that the kernels' bindings are in.</summary>
    public IList<KernelAssemblyOptions> Assemblies { get; } = [];
}

/// <summary>One file that may be loaded.</summary>
internal class KernelFileOptions
{
    /// <summary>Its absolute path.</summary>
    public string? Path { get; set; }

    /// <summary>What it must hash to, 64 hexadecimal digits.</summary>
    public string? Sha256 { get; set; }
}

/// <summary>An assembly with bindings.</summary>
internal sealed class KernelAssemblyOptions : KernelFileOptions
{
    /// <summary>What it needs and the silo does not have.</summary>
    public IList<KernelFileOptions> Libraries { get; } = [];
}
