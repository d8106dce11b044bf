namespace IndustrialTwin.Exposure;

/// <summary>What a silo may do that is not safe, and only does where it is told to.</summary>
public sealed class ExposureOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Security";

    /// <summary>Listens beyond this computer without encryption. Who is on the way reads and changes everything.</summary>
    public bool AllowPlaintext { get; set; }

    /// <summary>Listens beyond this computer without asking who calls. Who reaches the port may do everything.</summary>
    public bool AllowAnonymous { get; set; }
}
