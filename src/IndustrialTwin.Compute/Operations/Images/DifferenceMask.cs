namespace IndustrialTwin.Operations.Images;

/// <summary>What a pixel of a difference can be.</summary>
internal static class DifferenceMask
{
    public const byte Same = 0;
    public const byte Brighter = 1;
    public const byte Darker = 2;
}
