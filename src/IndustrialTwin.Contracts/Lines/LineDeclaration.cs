using IndustrialTwin.Machines;

namespace IndustrialTwin.Lines;

/// <summary>A line as its plant file declares it.</summary>
/// <param name="Line">The line.</param>
/// <param name="Title">A name for people.</param>
/// <param name="Machines">Its machines.</param>
[GenerateSerializer, Immutable, Alias("itwin.line-declaration")]
public sealed record LineDeclaration(
    [property: Id(0)] LineKey Line, [property: Id(1)] string Title, [property: Id(2)] MachineDeclaration[] Machines);
