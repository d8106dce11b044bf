using IndustrialTwin.Machines;

namespace IndustrialTwin.Protocols;

/// <summary>A call to a machine's grain on its way: the request, and the way back of its answer.</summary>
internal abstract class GrainCall(MachineKey machine, bool interleaves)
{
    public MachineKey Machine => machine;

    public bool Interleaves => interleaves;

    /// <summary>Runs it on an activation and sends the answer back. Never throws.</summary>
    public abstract Task RunAsync(MachineGrain grain, Activation activation);
}

/// <inheritdoc cref="GrainCall"/>
internal sealed class GrainCall<T>(World world, SimulatedCluster cluster, MachineKey machine, bool interleaves, Func<MachineGrain, Task<T>> call)
    : GrainCall(machine, interleaves)
{
    private readonly TaskCompletionSource<T> _answer = new();

    public Task<T> Answer => _answer.Task;

    public override async Task RunAsync(MachineGrain grain, Activation activation)
    {
        Action answer;
        try
        {
            var result = await call(grain);
            answer = () => _answer.TrySetResult(result);
        }
        catch (Exception fault)
        {
            answer = () => _answer.TrySetException(fault);
        }

        // Once sent, an answer arrives even if its silo dies, unless it is lost.
        if (!world.Chance(cluster.Hazards.MessageLost))
        {
            world.After(world.Between(100, 5_000), answer);
        }
    }
}
