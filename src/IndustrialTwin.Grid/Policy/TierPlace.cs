namespace IndustrialTwin.Policy;

/// <summary>Where a node stands, as far as the policy must know.</summary>
/// <param name="Site">The site whose work it does, or empty where it does that of any.</param>
/// <param name="Rank">How high its tier is: the device 0, the edge 1, the site 2, the cloud 3.</param>
/// <param name="Region">Its region, or empty.</param>
public readonly record struct TierPlace(string Site, int Rank, string Region = "");
