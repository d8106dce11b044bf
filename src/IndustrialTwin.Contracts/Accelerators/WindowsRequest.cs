using IndustrialTwin.Analyses;

namespace IndustrialTwin.Accelerators;

/// <summary>
/// Asks a kernel by its name for windows of a channel: how a plant file's analyses reach kernels whose requests they do not know. The grid
/// makes the kernel's own request of it.
/// </summary>
/// <param name="Kernel">The kernel's name without its shape.</param>
/// <param name="Windows">The windows one after the other.</param>
/// <param name="WindowRows">Values in a window.</param>
/// <param name="Parameters">What else the kernel is told.</param>
[GenerateSerializer, Immutable, Alias("itwin.windows-request")]
public sealed record WindowsRequest(
    [property: Id(0)] string Kernel,
    [property: Id(1)] float[] Windows,
    [property: Id(2)] int WindowRows,
    [property: Id(3)] KernelParameter[] Parameters) : ComputeRequest
{
    /// <summary>The values of the parameters of these names; no others may be there.</summary>
    /// <exception cref="ArgumentException">One is missing, or there is another.</exception>
    public double[] ParametersOf(params string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var values = names.Select(name => Parameters.Where(known => known.Name == name).Select(known => (double?)known.Value).FirstOrDefault()).ToArray();
        return Parameters.Length == names.Length && Array.TrueForAll(values, value => value is not null)
            ? Array.ConvertAll(values, value => value!.Value)
            : throw new ArgumentException(
                $"{Kernel}: its parameters are {(Parameters.Length == 0 ? "none" : string.Join(", ", Parameters.Select(known => known.Name)))}; "
                + $"expected {(names.Length == 0 ? "none" : string.Join(", ", names))}.");
    }
}
