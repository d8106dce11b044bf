using IndustrialTwin.Devices;
using IndustrialTwin.Operations;

namespace IndustrialTwin.Protocols;

/// <summary>A device that computes with the float64 references and takes its virtual time over it.</summary>
internal sealed class SimulatedDevice(World world, SimulatedSilo silo) : IComputeDevice
{
    private const long LaunchUsMax = 20_000;

    public DeviceDescription Description { get; } = new("native-0", DeviceKind.NativeCpu, "a simulated device", 1 << 20, 1, true, 256);

    public DeviceStatus Status => throw new NotSupportedException("Nothing in a run asks for it.");

    public async ValueTask<JobOutcome<TResult>> RunAsync<TInput, TResult>(
        Operation<TInput, TResult> operation, TInput input, JobOptions options, CancellationToken cancellationToken)
    {
        operation.Validate(input);
        await world.WaitAsync(world.Between(50, LaunchUsMax), silo, cancellationToken);
        return options.Deadline < silo.Clock.GetUtcNow() ? JobOutcome<TResult>.Expired(default, "The run has it take too long.")
            : world.Chance(silo.Hazards.ComputeFails) ? JobOutcome<TResult>.Failed(default, "The run has a launch fail.")
            : JobOutcome<TResult>.Done(operation.Reference(input), default);
    }

    public ValueTask DisposeAsync() => default;
}
