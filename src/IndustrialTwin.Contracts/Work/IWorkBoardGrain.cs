using IndustrialTwin.Accelerators;
using IndustrialTwin.Identities;
using Orleans.Concurrency;

namespace IndustrialTwin.Work;

/// <summary>
/// Where accelerators that found nothing to do and queues whose work nobody has come for leave their names. It brings names together
/// and decides nothing else; no request passes through it. There is one in a cluster, with the key <see cref="Key"/>.
/// </summary>
[Alias("itwin.work-board"), GrainInterfaceType("itwin.work-board")]
public interface IWorkBoardGrain : IGrainWithStringKey
{
    /// <summary>The key of the one board.</summary>
    const string Key = "board";

    /// <summary>An accelerator has found nothing. It says so again from time to time, in case the board was lost.</summary>
    /// <param name="accelerator">The accelerator.</param>
    /// <param name="freeInUs">In how long it could start, microseconds.</param>
    [AlwaysInterleave]
    [InternalOnly]
    [Alias("rests")]
    Task Rests(AcceleratorKey accelerator, long freeInUs);

    /// <summary>An accelerator has work of its own.</summary>
    [AlwaysInterleave]
    [InternalOnly]
    [Alias("leaves")]
    Task Leaves(AcceleratorKey accelerator);

    /// <summary>A queue has work that nobody has come for.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="accelerators">For how many accelerators; 0 takes it off the board.</param>
    /// <param name="saidUs">When it said so by the queue's clock: of two calls that overtook each other the later counts.</param>
    [AlwaysInterleave]
    [InternalOnly]
    [Alias("wants")]
    Task Wants(WorkQueueKey queue, int accelerators, long saidUs);

    /// <summary>The board as it stands.</summary>
    [AlwaysInterleave]
    [RequiresRole(Role.Viewer, Reach.Anywhere)]
    [Alias("get-snapshot")]
    Task<WorkBoardSnapshot> GetSnapshot();
}

/// <summary>The board as it stands.</summary>
/// <param name="AcceleratorsResting">Accelerators that wait for work.</param>
/// <param name="QueuesCalling">Queues that wait for an accelerator.</param>
[GenerateSerializer, Immutable, Alias("itwin.work-board-snapshot")]
public sealed record WorkBoardSnapshot([property: Id(0)] int AcceleratorsResting, [property: Id(1)] int QueuesCalling);
