using System.Runtime.InteropServices;

namespace IndustrialTwin.Operations;

/// <summary>Numbers on their way to a driver or back: row-major, little-endian, without padding.</summary>
/// <param name="Name">Its name within the job.</param>
/// <param name="Element">Its elements.</param>
/// <param name="Extents">Its extents, the outermost first; none for a single number.</param>
/// <param name="Data">Its bytes.</param>
public sealed record NamedArray(string Name, ArrayElement Element, IReadOnlyList<long> Extents, ReadOnlyMemory<byte> Data)
{
    /// <summary>An array of single precision; the values are copied.</summary>
    public static NamedArray Of(string name, ReadOnlySpan<float> values, params long[] extents) => From(name, ArrayElement.Float32, values, extents);

    /// <summary>An array of double precision; the values are copied.</summary>
    public static NamedArray Of(string name, ReadOnlySpan<double> values, params long[] extents) => From(name, ArrayElement.Float64, values, extents);

    /// <summary>An array of integers; the values are copied.</summary>
    public static NamedArray Of(string name, ReadOnlySpan<long> values, params long[] extents) => From(name, ArrayElement.Int64, values, extents);

    /// <summary>An array of bytes; the values are copied.</summary>
    public static NamedArray Of(string name, ReadOnlySpan<byte> values, params long[] extents) => From(name, ArrayElement.UInt8, values, extents);

    /// <summary>One number.</summary>
    public static NamedArray Of(string name, double value) => From(name, ArrayElement.Float64, [value], []);

    /// <summary>One integer.</summary>
    public static NamedArray Of(string name, long value) => From(name, ArrayElement.Int64, [value], []);

    /// <summary>A copy of the values; the array is of single precision.</summary>
    public float[] ToFloat32() => Cast<float>(ArrayElement.Float32);

    /// <summary>A copy of the values; the array is of double precision.</summary>
    public double[] ToFloat64() => Cast<double>(ArrayElement.Float64);

    /// <summary>A copy of the values; the array is of integers.</summary>
    public long[] ToInt64() => Cast<long>(ArrayElement.Int64);

    /// <summary>A copy of the values; the array is of bytes.</summary>
    public byte[] ToUInt8() => Cast<byte>(ArrayElement.UInt8);

    /// <summary>Says how the array differs from what it must be, or null.</summary>
    public string? Difference(ArraySpec expected)
    {
        if (Name != expected.Name || Element != expected.Element || !Extents.SequenceEqual(expected.Extents))
            return $"it is {new ArraySpec(Name, Element, [.. Extents])}; expected {expected}";
        return Data.Length == expected.Bytes ? null : $"{expected} has {Data.Length} bytes; expected {expected.Bytes}";
    }

    private static NamedArray From<T>(string name, ArrayElement element, ReadOnlySpan<T> values, long[] extents)
        where T : unmanaged
    {
        var spec = new ArraySpec(name, element, extents);
        var data = MemoryMarshal.AsBytes(values).ToArray();
        return spec.Bytes == data.Length
            ? new NamedArray(name, element, extents, data)
            : throw new ArgumentException($"{spec} has {data.Length} bytes; expected {spec.Bytes}.", nameof(values));
    }

    private T[] Cast<T>(ArrayElement element)
        where T : unmanaged => Element == element
            ? MemoryMarshal.Cast<byte, T>(Data.Span).ToArray()
            : throw new InvalidOperationException($"Array '{Name}' is of {Element}, not of {element}.");
}
