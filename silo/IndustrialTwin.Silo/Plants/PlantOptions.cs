namespace IndustrialTwin.Plants;

/// <summary>The plant that a silo declares when it starts.</summary>
internal sealed class PlantOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Plant";

    /// <summary>A plant file to apply at start, or empty for none.</summary>
    public string File { get; set; } = string.Empty;
}
