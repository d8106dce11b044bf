using IndustrialTwin.Operations;

namespace IndustrialTwin.Devices;

/// <summary>
/// A driver's device with another one that does what it cannot: operations it lacks, jobs too large for it, everything while it is
/// broken, and once more what a launch of it lost. So its callers notice the loss of a driver only by the time that they wait.
/// </summary>
/// <param name="device">The driver's device; it is disposed with this one.</param>
/// <param name="standIn">A device that can do everything, such as a native one. It belongs to somebody else.</param>
internal sealed class StandInDevice(OwnedDevice device, IComputeDevice standIn) : IComputeDevice
{
    public DeviceDescription Description => device.Description;

    public DeviceStatus Status => device.Status;

    public ValueTask<JobOutcome<TResult>> RunAsync<TInput, TResult>(
        Operation<TInput, TResult> operation, TInput input, JobOptions options = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return device.IsHealthy && device.Description.CanRun(operation)
            ? RunEitherAsync(operation, input, options, cancellationToken)
            : standIn.RunAsync(operation, input, options, cancellationToken);
    }

    public ValueTask DisposeAsync() => device.DisposeAsync();

    private async ValueTask<JobOutcome<TResult>> RunEitherAsync<TInput, TResult>(
        Operation<TInput, TResult> operation, TInput input, JobOptions options, CancellationToken cancellationToken)
    {
        var outcome = await device.RunAsync(operation, input, options, cancellationToken).ConfigureAwait(false);
        return outcome.Kind is JobOutcomeKind.Failed or JobOutcomeKind.Refused
            ? await standIn.RunAsync(operation, input, options, cancellationToken).ConfigureAwait(false)
            : outcome;
    }
}
