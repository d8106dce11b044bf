using IndustrialTwin.Identities;
using IndustrialTwin.Machines;
using IndustrialTwin.Sites;
using Orleans.Concurrency;

namespace IndustrialTwin.Lines;

/// <summary>The twin of one production line: the roll-up of its machines. Its grain key is a <see cref="LineKey"/> as text.</summary>
[Alias("itwin.line"), GrainInterfaceType("itwin.line")]
public interface ILineGrain : IGrainWithStringKey
{
    /// <summary>Makes the line and its machines follow a declaration; machines that it names no longer are retired.</summary>
    [ResponseTimeout("00:02:00")]
    [RequiresRole(Role.Engineer, Audited = true, Fresh = true)]
    [Alias("apply")]
    Task<ApplyReply> Apply(LineDeclaration declaration, CancellationToken cancellationToken = default);

    /// <summary>Retires the line and its machines; their history stays.</summary>
    [RequiresRole(Role.Engineer, Audited = true, Fresh = true)]
    [Alias("retire")]
    Task<ApplyReply> Retire(CancellationToken cancellationToken = default);

    /// <summary>Hears of a machine's change. A summary older than the one known changes nothing.</summary>
    [InternalOnly]
    [Alias("report")]
    Task Report(MachineSummary summary);

    /// <summary>The line as it stands.</summary>
    [AlwaysInterleave]
    [RequiresRole(Role.Viewer)]
    [Alias("get-snapshot")]
    Task<LineSnapshot> GetSnapshot();

    /// <summary>The line now and whenever it changes, at most once in <paramref name="interval"/> (100 ms to 1 minute).</summary>
    [AlwaysInterleave]
    [RequiresRole(Role.Viewer)]
    [Alias("watch")]
    IAsyncEnumerable<LineSnapshot> Watch(TimeSpan interval, CancellationToken cancellationToken = default);
}
