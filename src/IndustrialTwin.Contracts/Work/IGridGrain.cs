using IndustrialTwin.Accelerators;
using IndustrialTwin.Identities;

namespace IndustrialTwin.Work;

/// <summary>
/// The door of the grid for who is no twin: it brings any request to where its kind is placed, a work queue or the best of a few bids, just
/// as a twin's own does. It decides nothing and keeps nothing, and every silo has one. Its grain key is a <c>SiteKey</c> as text.
/// </summary>
[Alias("itwin.grid"), GrainInterfaceType("itwin.grid")]
public interface IGridGrain : IGrainWithStringKey
{
    /// <summary>
    /// Asks for a computation, once, with the deadline that the request brings. The answer says how it ended: done; refused, with the earliest
    /// time at which it could be done; expired, without having been run; or failed.
    /// </summary>
    /// <exception cref="ArgumentException">The request is malformed, or no silo knows a kernel for it.</exception>
    [ResponseTimeout("00:02:00")]
    [RequiresRole(Role.Engineer)]
    [Alias("compute")]
    Task<ComputeReply> Compute(ComputeRequest request, CancellationToken cancellationToken = default);
}
