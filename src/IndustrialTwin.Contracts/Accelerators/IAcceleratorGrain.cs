using Orleans.Concurrency;

namespace IndustrialTwin.Accelerators;

/// <summary>
/// The twin of one device. It lives on the silo that owns the device, so a call to it is a call to the device.
/// Its grain key is an <see cref="AcceleratorKey"/> as text.
/// </summary>
[Alias("itwin.accelerator"), GrainInterfaceType("itwin.accelerator")]
public interface IAcceleratorGrain : IGrainWithStringKey
{
    /// <summary>Runs a request on the device, in a batch with others of its kind.</summary>
    /// <exception cref="ArgumentException">The request is malformed; the message names the field.</exception>
    [AlwaysInterleave]
    [Alias("run")]
    Task<ComputeReply> Run(ComputeRequest request, CancellationToken cancellationToken = default);

    /// <summary>The accelerator as it stands.</summary>
    [AlwaysInterleave]
    [Alias("get-snapshot")]
    Task<AcceleratorSnapshot> GetSnapshot();
}
