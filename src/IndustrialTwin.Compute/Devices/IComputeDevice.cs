using IndustrialTwin.Operations;

namespace IndustrialTwin.Devices;

/// <summary>
/// One device and its queue. Any thread may call it; one thread owns the hardware. Jobs of one operation and one shape that wait
/// together are launched together: backlog makes the batch, not a timer. The most urgent goes first: by class, then by deadline.
/// </summary>
public interface IComputeDevice : IAsyncDisposable
{
    /// <summary>What the device is.</summary>
    DeviceDescription Description { get; }

    /// <summary>A snapshot of its counters.</summary>
    DeviceStatus Status { get; }

    /// <summary>Queues one job; the task ends once, with the job's outcome.</summary>
    /// <param name="operation">What to run.</param>
    /// <param name="input">Its input. The memory it points to must stay unchanged until the task ends.</param>
    /// <param name="options">Class, deadline and trace.</param>
    /// <param name="cancellationToken">Gives the job up: the task ends cancelled, and a job still queued is not launched.</param>
    /// <exception cref="ArgumentException">The input is not valid for the operation, or the operation cannot run on this device.</exception>
    ValueTask<JobOutcome<TResult>> RunAsync<TInput, TResult>(
        Operation<TInput, TResult> operation,
        TInput input,
        JobOptions options = default,
        CancellationToken cancellationToken = default);
}
