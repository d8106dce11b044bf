using IndustrialTwin.Accelerators;
using IndustrialTwin.Devices;
using IndustrialTwin.Operations;

namespace IndustrialTwin.Kernels;

/// <summary>
/// Ties one type of request to the operation that computes it, seen without its types. Derive from
/// <see cref="KernelBinding{TRequest, TInput, TResult}"/>.
/// </summary>
public abstract class KernelBinding
{
    private protected KernelBinding()
    {
    }

    /// <summary>What its kernels' names begin with: the operation's name.</summary>
    public abstract string Name { get; }

    /// <summary>The type of its requests.</summary>
    public abstract Type RequestType { get; }

    /// <summary>The type of its operations.</summary>
    public abstract Type OperationType { get; }

    /// <summary>Whether a device does its long requests in slices and lets more urgent work pass between them.</summary>
    public abstract bool IsSliced { get; }

    /// <summary>The operation that computes a request.</summary>
    /// <exception cref="ArgumentException">There is none for this one.</exception>
    public abstract Operation OperationOf(ComputeRequest request);

    /// <summary>What a request asks of a device.</summary>
    /// <exception cref="ArgumentException">It holds nothing, or its shape cannot be.</exception>
    public abstract KernelDemand DemandOf(ComputeRequest request);

    /// <summary>Refuses what no device would take.</summary>
    /// <exception cref="ArgumentException">Names the field, the value and what was expected.</exception>
    public abstract void Validate(ComputeRequest request);

    /// <summary>Its own request for windows of a channel, as an analysis of a plant file asks.</summary>
    /// <exception cref="ArgumentException">It takes none, or not these.</exception>
    public abstract ComputeRequest RequestOf(WindowsRequest windows);

    /// <summary>A request of a kernel to measure what its launches cost, or null where it is not tried.</summary>
    /// <param name="kernel">The kernel's name.</param>
    /// <param name="units">How much of it, 1 or more.</param>
    public abstract ComputeRequest? NoiseOf(string kernel, int units);

    /// <summary>Runs a request on a device that has a form of its operation.</summary>
    /// <exception cref="ArgumentException">The request is malformed, or the device has no form for it.</exception>
    public abstract Task<ComputeReply> RunAsync(IComputeDevice device, ComputeRequest request, JobOptions options, CancellationToken cancellationToken);
}
