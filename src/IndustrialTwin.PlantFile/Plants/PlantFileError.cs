namespace IndustrialTwin.Plants;

/// <summary>Something wrong in a plant file.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Line">Its line, from 1; 0 where it concerns the whole file.</param>
/// <param name="Column">Its column, from 1.</param>
/// <param name="Path">Where in the plant, such as <c>machineTypes.pump.channels[0].min</c>; empty for the whole file.</param>
/// <param name="Value">What stands there, shortened; empty where something is missing.</param>
/// <param name="Expected">What was expected.</param>
public sealed record PlantFileError(string File, int Line, int Column, string Path, string Value, string Expected)
{
    /// <summary>The error in one line, in the form that editors and terminals turn into a link.</summary>
    public override string ToString()
    {
        var place = Line > 0 ? $"{File}:{Line}:{Column}" : File;
        var found = Value.Length > 0 ? $"found {Value}; " : string.Empty;
        return Path.Length > 0 ? $"{place}: {Path}: {found}expected {Expected}." : $"{place}: {found}expected {Expected}.";
    }
}
