using IndustrialTwin.Accelerators;
using IndustrialTwin.Nodes;
using IndustrialTwin.Policy;
using IndustrialTwin.Samples;
using Microsoft.Extensions.Logging;
using Orleans.Placement;

namespace IndustrialTwin.Work;

/// <summary>The cluster's <see cref="IdleBoard{TQueue,TDevice}"/>, its messages and its clock. What it knows, others repeat when it is lost.</summary>
[GrainType("itwin.work-board"), Immovable]
internal sealed partial class WorkBoardGrain(ActiveNodes nodes, TimeProvider clock, ILogger<WorkBoardGrain> logger) : Grain, IWorkBoardGrain
{
    private readonly IdleBoard<WorkQueueKey, AcceleratorKey> _board = new();

    /// <inheritdoc/>
    public Task Rests(AcceleratorKey accelerator, long freeInUs)
    {
        if (nodes.PlaceOf(accelerator.Node) is { } place)
        {
            _board.Rests(accelerator, clock.NowUs() + freeInUs, place.Site);
            Match();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Leaves(AcceleratorKey accelerator)
    {
        _board.Leaves(accelerator);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Wants(WorkQueueKey queue, int accelerators, long saidUs)
    {
        _board.Wants(queue, new BoardCall(accelerators, saidUs), queue.Site.Value);
        Match();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<WorkBoardSnapshot> GetSnapshot() => Task.FromResult(new WorkBoardSnapshot(_board.Idle, _board.Calling));

    private void Match()
    {
        while (_board.TryMatch(out var queue, out var accelerator, out var freeUs))
        {
            WorkTelemetry.Message("match");
            _ = TellAsync(queue, accelerator, Math.Max(0, freeUs - clock.NowUs()));
        }
    }

    private async Task TellAsync(WorkQueueKey queue, AcceleratorKey accelerator, long freeInUs)
    {
        try
        {
            await GrainFactory.GetGrain<IWorkQueueGrain>(queue.Value).Meet(accelerator, freeInUs);
        }
        catch (Exception fault)
        {
            // The accelerator says again that it rests; the queue, if it is there, calls again.
            LogUntold(queue, accelerator, fault.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Queue {Queue} could not be told that {Accelerator} is free ({Detail}).")]
    private partial void LogUntold(WorkQueueKey queue, AcceleratorKey accelerator, string detail);
}
