using IndustrialTwin.Operations;

namespace IndustrialTwin.Devices;

/// <summary>What a device is; constant while it is open.</summary>
/// <param name="Id">Unique on its node, such as <c>native-0</c>, <c>cuda-0</c>, <c>opencl-0</c>.</param>
/// <param name="Kind">What drives it.</param>
/// <param name="Name">The maker's name of the hardware.</param>
/// <param name="MemoryBytes">Memory that its kernels can use.</param>
/// <param name="ComputeUnits">Multiprocessors of a GPU; for a native device the threads that it may use.</param>
/// <param name="SupportsFloat64">Whether kernels may use double precision.</param>
/// <param name="VectorWidthBits">Width of one vector register, or of one warp of 32-bit lanes.</param>
public sealed record DeviceDescription(
    string Id,
    DeviceKind Kind,
    string Name,
    long MemoryBytes,
    int ComputeUnits,
    bool SupportsFloat64,
    int VectorWidthBits)
{
    /// <summary>Names of the operations that its driver computes; null where the operations themselves know what they have forms for.</summary>
    public IReadOnlySet<string>? Operations { get; init; }

    /// <summary>Bytes that the arrays of one job may have, its inputs or its results, whichever are more. Above 0.</summary>
    public long JobBytesMax { get; init; } = long.MaxValue;

    /// <summary>Whether it takes jobs as arrays only.</summary>
    internal bool IsArrays { get; init; }

    /// <summary>Whether the device can run an operation.</summary>
    public bool CanRun(Operation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        var asked = IsArrays ? operation.OnArrays : operation;
        return (Operations?.Contains(asked.Name) ?? operation.CanRunOn(this)) && (asked.IsArrays || !IsArrays);
    }
}
