namespace IndustrialTwin.Policy;

/// <summary>Whose work a node does, and whether a request goes up a tier (device, edge, site, cloud).</summary>
public static class TierRule
{
    private const int EdgeRank = 1;

    /// <summary>Only what its own tier refused, and only if there is time for the way and the work. Control never leaves its node.</summary>
    /// <param name="terms">The request.</param>
    /// <param name="nowUs">The time.</param>
    /// <param name="roundTripUs">The way up and back, with its payload, microseconds.</param>
    /// <param name="serviceUs">How long the tier above takes for it, waiting included, microseconds.</param>
    public static bool GoesUp(in WorkTerms terms, long nowUs, long roundTripUs, long serviceUs) =>
        terms.Class != RequestClass.Control && Math.Max(terms.DeadlineUs, terms.LatestUs) - nowUs > roundTripUs + serviceUs;

    /// <summary>Whether a node does a site's work by itself: it is of the site, or of none. Others do it as the tier above alone.</summary>
    /// <param name="nodeSite">The node's site, or empty.</param>
    /// <param name="site">The site whose twins ask.</param>
    public static bool Serves(string nodeSite, string site)
    {
        ArgumentNullException.ThrowIfNull(nodeSite);
        return nodeSite.Length == 0 || string.Equals(nodeSite, site, StringComparison.Ordinal);
    }

    /// <summary>
    /// Whether a node may take over what another has won: whatever the owner may do, it may do too. What a node without a site has won
    /// may be any site's.
    /// </summary>
    public static bool MayTakeOver(string thiefSite, string ownerSite)
    {
        ArgumentNullException.ThrowIfNull(thiefSite);
        return thiefSite.Length == 0 || string.Equals(thiefSite, ownerSite, StringComparison.Ordinal);
    }

    /// <summary>
    /// The site that is the tier above another: the next higher tier that nodes of a named site have, those of the own region first, and
    /// of several the first by name, so that all callers know the same one. Null where there is none.
    /// </summary>
    /// <param name="places">The nodes there are.</param>
    /// <param name="site">The site from which a request goes up.</param>
    public static string? Above(IReadOnlyList<TierPlace> places, string site)
    {
        ArgumentNullException.ThrowIfNull(places);
        var home = HomeOf(places, site);
        TierPlace? best = null;
        foreach (var place in places)
        {
            if (place.Site.Length > 0 && place.Site != site && place.Rank > home.Rank && (best is not { } known || IsNearer(place, known, home.Region)))
                best = place;
        }

        return best?.Site;
    }

    private static bool IsNearer(in TierPlace place, in TierPlace known, string region)
    {
        if (place.Rank != known.Rank)
            return place.Rank < known.Rank;
        var isNear = place.Region == region;
        return isNear != (known.Region == region) ? isNear : string.CompareOrdinal(place.Site, known.Site) < 0;
    }

    /// <summary>The highest of a site's own nodes; where it has none, of those that are of no site; else the edge, where twins would have one.</summary>
    private static TierPlace HomeOf(IReadOnlyList<TierPlace> places, string site)
    {
        var home = new TierPlace(string.Empty, places.Any(place => Serves(place.Site, site)) ? -1 : EdgeRank);
        foreach (var place in places)
        {
            if (!Serves(place.Site, site))
                continue;
            var isOwn = place.Site.Length > 0;
            var hasOwn = home.Site.Length > 0;
            var isHigher = place.Rank != home.Rank ? place.Rank > home.Rank : string.CompareOrdinal(place.Region, home.Region) < 0;
            if (isOwn != hasOwn ? isOwn : isHigher)
                home = place;
        }

        return home;
    }
}
