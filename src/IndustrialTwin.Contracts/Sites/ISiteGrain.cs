using IndustrialTwin.Identities;
using IndustrialTwin.Lines;
using Orleans.Concurrency;

namespace IndustrialTwin.Sites;

/// <summary>The twin of one site: the roll-up of its lines. Its grain key is a <see cref="SiteKey"/> as text.</summary>
[Alias("itwin.site"), GrainInterfaceType("itwin.site")]
public interface ISiteGrain : IGrainWithStringKey
{
    /// <summary>Makes the site, its lines and machines follow a declaration; what it names no longer is retired.</summary>
    [ResponseTimeout("00:02:00")]
    [RequiresRole(Role.Engineer, Audited = true, Fresh = true)]
    [Alias("apply")]
    Task<ApplyReply> Apply(SiteDeclaration declaration, CancellationToken cancellationToken = default);

    /// <summary>Hears of a line's change. A summary older than the one known changes nothing.</summary>
    [InternalOnly]
    [Alias("report")]
    Task Report(LineSummary summary);

    /// <summary>The site as it stands.</summary>
    [AlwaysInterleave]
    [RequiresRole(Role.Viewer, Reach.Part)]
    [Alias("get-snapshot")]
    Task<SiteSnapshot> GetSnapshot();

    /// <summary>The site now and whenever it changes, at most once in <paramref name="interval"/> (100 ms to 1 minute).</summary>
    [AlwaysInterleave]
    [RequiresRole(Role.Viewer)]
    [Alias("watch")]
    IAsyncEnumerable<SiteSnapshot> Watch(TimeSpan interval, CancellationToken cancellationToken = default);
}
