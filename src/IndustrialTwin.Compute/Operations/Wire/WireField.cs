namespace IndustrialTwin.Operations;

/// <summary>One array that an operation's input is written as.</summary>
/// <typeparam name="TInput">The input of one job.</typeparam>
/// <param name="Write">Makes it.</param>
/// <param name="Bytes">Bytes that it has.</param>
internal readonly record struct WireField<TInput>(Func<TInput, NamedArray> Write, Func<TInput, long> Bytes)
{
    /// <summary>Numbers of single precision.</summary>
    public static WireField<TInput> Float32(string name, Func<TInput, ReadOnlyMemory<float>> values, Func<TInput, long[]> extents) =>
        new(input => NamedArray.Of(name, values(input).Span, extents(input)), input => sizeof(float) * (long)values(input).Length);

    /// <summary>Numbers of double precision.</summary>
    public static WireField<TInput> Float64(string name, Func<TInput, double[]> values, Func<TInput, long[]> extents) =>
        new(input => NamedArray.Of(name, values(input), extents(input)), input => sizeof(double) * (long)values(input).Length);

    /// <summary>Integers.</summary>
    public static WireField<TInput> Int64(string name, Func<TInput, long[]> values, Func<TInput, long[]> extents) =>
        new(input => NamedArray.Of(name, values(input), extents(input)), input => sizeof(long) * (long)values(input).Length);

    /// <summary>Bytes.</summary>
    public static WireField<TInput> UInt8(string name, Func<TInput, ReadOnlyMemory<byte>> values, Func<TInput, long[]> extents) =>
        new(input => NamedArray.Of(name, values(input).Span, extents(input)), input => values(input).Length);

    /// <summary>One number.</summary>
    public static WireField<TInput> Float64(string name, Func<TInput, double> value) => new(input => NamedArray.Of(name, value(input)), _ => sizeof(double));

    /// <summary>One integer.</summary>
    public static WireField<TInput> Int64(string name, Func<TInput, long> value) => new(input => NamedArray.Of(name, value(input)), _ => sizeof(long));

    /// <summary>Windows × length, in single precision.</summary>
    public static WireField<TInput> Windows(string name, Func<TInput, WindowBatch> windows) =>
        Float32(name, input => windows(input).Samples, input => [windows(input).Count, windows(input).Length]);
}
