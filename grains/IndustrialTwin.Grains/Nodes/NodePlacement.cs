namespace IndustrialTwin.Nodes;

/// <summary>Places a grain on the silo of the node that its key begins with.</summary>
[GenerateSerializer, Immutable, Alias("itwin.node-placement")]
internal sealed class NodePlacement : PlacementStrategy
{
    public static NodePlacement Instance { get; } = new();
}

/// <summary>Marks a grain that lives on the silo of the node that its key begins with.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class NodePlacementAttribute() : Orleans.Placement.PlacementAttribute(NodePlacement.Instance);
