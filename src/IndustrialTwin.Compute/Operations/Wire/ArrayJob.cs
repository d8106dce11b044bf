namespace IndustrialTwin.Operations;

/// <summary>One job as arrays.</summary>
/// <param name="Inputs">Its input, in the order that its operation has them.</param>
/// <param name="Results">The arrays that it has to be answered with, in their order.</param>
public sealed record ArrayJob(NamedArray[] Inputs, ArraySpec[] Results)
{
    /// <summary>Bytes of its inputs.</summary>
    public long InputBytes { get; } = Inputs.Sum(array => (long)array.Data.Length);

    /// <summary>Bytes of its results.</summary>
    public long ResultBytes { get; } = Results.Sum(array => array.Bytes);
}
