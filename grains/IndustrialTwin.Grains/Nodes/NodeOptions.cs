using System.ComponentModel.DataAnnotations;
using IndustrialTwin.Policy;
using IndustrialTwin.Sites;

namespace IndustrialTwin.Nodes;

/// <summary>Who the silo's computer is, and where in the grid it stands.</summary>
public sealed class NodeOptions
{
    /// <summary>The key of the silo metadata entry that carries the node's name.</summary>
    public const string MetadataKey = "itwin.node";

    private const string SiteKeyOfMetadata = "itwin.site";
    private const string TierKeyOfMetadata = "itwin.tier";
    private const string RegionKeyOfMetadata = "itwin.region";

    /// <summary>The node's key; the host's name in lower case where none is given.</summary>
    [Required]
    public string Node { get; set; } = DefaultNode();

    /// <summary>
    /// The site whose work it does, as in its machines' keys; empty where it does that of any. Work of another site comes to it only
    /// as to the tier above.
    /// </summary>
    [StringLength(64)]
    public string Site { get; set; } = string.Empty;

    /// <summary>Its tier.</summary>
    [EnumDataType(typeof(Tier))]
    public Tier Tier { get; set; } = Tier.Edge;

    /// <summary>Its region, or empty; of several tiers above, the one of the own region is asked.</summary>
    [StringLength(64)]
    public string Region { get; set; } = string.Empty;

    /// <summary>Throws when a value is none that a node may have.</summary>
    /// <exception cref="FormatException">Names the setting, its value and what was expected.</exception>
    public void Validate()
    {
        _ = NodeKey.Parse(Node);
        if (Site.Length > 0 && !SiteKey.TryParse(Site, out _))
        {
            throw new FormatException($"Node:Site = '{Site}' is no site; expected the first part of its machines' keys, such as 'wuhan', or nothing.");
        }

        if (!Enum.IsDefined(Tier))
        {
            throw new FormatException($"Node:Tier = {(int)Tier} is none; expected {string.Join(", ", Enum.GetNames<Tier>())}.");
        }

        if (Region.Length > 64)
        {
            throw new FormatException($"Node:Region has {Region.Length} characters; expected 64 at most.");
        }
    }

    /// <summary>What other silos are told.</summary>
    internal Dictionary<string, string> ToMetadata() => new()
    {
        [MetadataKey] = Node,
        [SiteKeyOfMetadata] = Site,
        [TierKeyOfMetadata] = Tier.ToString(),
        [RegionKeyOfMetadata] = Region,
    };

    /// <summary>Where a silo says that it stands; one that says nothing does the work of any site.</summary>
    internal static TierPlace PlaceOf(IReadOnlyDictionary<string, string> metadata) => new(
        metadata.GetValueOrDefault(SiteKeyOfMetadata, string.Empty),
        RankOf(Enum.TryParse<Tier>(metadata.GetValueOrDefault(TierKeyOfMetadata), out var tier) ? tier : Tier.Edge),
        metadata.GetValueOrDefault(RegionKeyOfMetadata, string.Empty));

    /// <summary>How high a tier is.</summary>
    private static int RankOf(Tier tier) => tier switch
    {
        Tier.Device => 0,
        Tier.Edge => 1,
        Tier.Site => 2,
        _ => 3,
    };

    private static string DefaultNode()
    {
        var name = new string([.. Environment.MachineName.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]).Trim('-');
        return NodeKey.TryParse(name, out _) ? name : "node-1";
    }
}
