using IndustrialTwin.Lines;

namespace IndustrialTwin.Sites;

/// <summary>What a site stores: its lines. How they are it hears from them.</summary>
[GenerateSerializer, Immutable, Alias("itwin.site-state")]
internal sealed record SiteState
{
    [Id(0)]
    public string Title { get; init; } = string.Empty;

    [Id(1)]
    public LineKey[] Lines { get; init; } = [];
}
