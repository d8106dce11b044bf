using IndustrialTwin.Lines;

namespace IndustrialTwin.Sites;

/// <summary>A site as its plant file declares it.</summary>
/// <param name="Site">The site.</param>
/// <param name="Title">A name for people.</param>
/// <param name="Lines">Its lines.</param>
[GenerateSerializer, Immutable, Alias("itwin.site-declaration")]
public sealed record SiteDeclaration(
    [property: Id(0)] SiteKey Site, [property: Id(1)] string Title, [property: Id(2)] LineDeclaration[] Lines);

/// <summary>What applying a declaration changed. Applying it again changes nothing.</summary>
/// <param name="Added">Machines that are new, or were retired and are back.</param>
/// <param name="Changed">Machines whose declaration changed.</param>
/// <param name="Unchanged">Machines whose declaration was the same.</param>
/// <param name="Retired">Machines that are declared no longer; their history stays.</param>
[GenerateSerializer, Immutable, Alias("itwin.apply-reply")]
public sealed record ApplyReply(
    [property: Id(0)] int Added, [property: Id(1)] int Changed, [property: Id(2)] int Unchanged, [property: Id(3)] int Retired)
{
    /// <summary>Nothing at all.</summary>
    public static ApplyReply None { get; } = new(0, 0, 0, 0);

    /// <summary>Two parts' changes together.</summary>
    public static ApplyReply operator +(ApplyReply left, ApplyReply right) =>
        new(left.Added + right.Added, left.Changed + right.Changed, left.Unchanged + right.Unchanged, left.Retired + right.Retired);

    /// <summary>Two parts' changes together.</summary>
    public static ApplyReply Add(ApplyReply left, ApplyReply right) => left + right;
}
