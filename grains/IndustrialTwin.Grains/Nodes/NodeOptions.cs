using System.ComponentModel.DataAnnotations;

namespace IndustrialTwin.Nodes;

/// <summary>Who the silo's computer is.</summary>
public sealed class NodeOptions
{
    /// <summary>The key of the silo metadata entry that carries the node's name.</summary>
    public const string MetadataKey = "itwin.node";

    /// <summary>The node's key; the host's name in lower case where none is given.</summary>
    [Required]
    public string Node { get; set; } = DefaultNode();

    /// <summary>Its tier.</summary>
    public Tier Tier { get; set; } = Tier.Edge;

    /// <summary>Its region, or empty.</summary>
    [StringLength(64)]
    public string Region { get; set; } = string.Empty;

    private static string DefaultNode()
    {
        var name = new string([.. Environment.MachineName.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]).Trim('-');
        return NodeKey.TryParse(name, out _) ? name : "node-1";
    }
}
