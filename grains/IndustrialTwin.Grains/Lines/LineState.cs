using IndustrialTwin.Machines;

namespace IndustrialTwin.Lines;

/// <summary>What a line stores: which machines it has. How they are it hears from them.</summary>
[GenerateSerializer, Immutable, Alias("itwin.line-state")]
internal sealed record LineState
{
    [Id(0)]
    public string Title { get; init; } = string.Empty;

    [Id(1)]
    public bool IsDeclared { get; init; }

    [Id(2)]
    public MachineKey[] Machines { get; init; } = [];
}
