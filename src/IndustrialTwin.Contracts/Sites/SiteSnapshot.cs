using IndustrialTwin.Identities;
using IndustrialTwin.Lines;
using IndustrialTwin.Machines;

namespace IndustrialTwin.Sites;

/// <summary>A site's twin as it stands.</summary>
/// <param name="Site">The site.</param>
/// <param name="Title">A name for people.</param>
/// <param name="Health">The worst health of its lines.</param>
/// <param name="Lines">Its lines, ordered by key.</param>
[GenerateSerializer, Immutable, Alias("itwin.site-snapshot")]
public sealed record SiteSnapshot(
    [property: Id(0)] SiteKey Site,
    [property: Id(1)] string Title,
    [property: Id(2)] MachineHealth Health,
    [property: Id(3)] LineSummary[] Lines) : INarrowed
{
    /// <summary>Running time over observed time of all its machines, 0..1, or null before anything was observed.</summary>
    public double? Availability
    {
        get
        {
            var observed = Lines.Sum(line => line.ObservedMs);
            return observed > 0 ? (double)Lines.Sum(line => line.RunningMs) / observed : null;
        }
    }

    /// <inheritdoc/>
    public object Narrow(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (caller.Covers(Site.Value))
        {
            return this;
        }

        var lines = Array.FindAll(Lines, line => caller.Covers(line.Line.Value));
        return this with { Lines = lines, Health = lines.Length == 0 ? MachineHealth.Unknown : lines.Max(line => line.Health) };
    }
}
