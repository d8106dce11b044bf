using System.Runtime.InteropServices;
using Google.Protobuf;
using Grpc.Core;
using IndustrialTwin.Protocol;

namespace IndustrialTwin.SampleDriver;

/// <summary>The arrays of one job. Whoever sent them, they are checked before anything is computed.</summary>
internal sealed class Inputs(int job, IReadOnlyList<NamedArray> arrays)
{
    private int _next;

    public static RpcException Invalid(string detail) => new(new Status(StatusCode.InvalidArgument, detail));

    /// <summary>The next array, of two extents.</summary>
    public (float[] Values, int Rows, int Columns) Float32Matrix(string name)
    {
        var array = Next(name, Element.Float32, 2, sizeof(float));
        return (MemoryMarshal.Cast<byte, float>(array.Data.Span).ToArray(), (int)array.Extents[0], (int)array.Extents[1]);
    }

    /// <summary>The next array, of two extents.</summary>
    public (double[] Values, int Rows, int Columns) Float64Matrix(string name)
    {
        var array = Next(name, Element.Float64, 2, sizeof(double));
        return (MemoryMarshal.Cast<byte, double>(array.Data.Span).ToArray(), (int)array.Extents[0], (int)array.Extents[1]);
    }

    /// <summary>The next array, of so many extents.</summary>
    public (float[] Values, int[] Extents) Float32(string name, int extents)
    {
        var array = Next(name, Element.Float32, extents, sizeof(float));
        return (MemoryMarshal.Cast<byte, float>(array.Data.Span).ToArray(), [.. array.Extents.Select(extent => (int)extent)]);
    }

    /// <summary>The next array, of one extent.</summary>
    public double[] Float64Vector(string name) => MemoryMarshal.Cast<byte, double>(Next(name, Element.Float64, 1, sizeof(double)).Data.Span).ToArray();

    /// <summary>The next array, of one extent.</summary>
    public long[] Int64Vector(string name) => MemoryMarshal.Cast<byte, long>(Next(name, Element.Int64, 1, sizeof(long)).Data.Span).ToArray();

    /// <summary>The next array, of so many extents.</summary>
    public (byte[] Values, int[] Extents) UInt8(string name, int extents)
    {
        var array = Next(name, Element.Uint8, extents, sizeof(byte));
        return (array.Data.ToByteArray(), [.. array.Extents.Select(extent => (int)extent)]);
    }

    /// <summary>The next array, one number.</summary>
    public double Float64(string name) => MemoryMarshal.Read<double>(Next(name, Element.Float64, 0, sizeof(double)).Data.Span);

    /// <summary>The next array, one integer within bounds.</summary>
    public long Int64(string name, long min, long max)
    {
        var value = MemoryMarshal.Read<long>(Next(name, Element.Int64, 0, sizeof(long)).Data.Span);
        Expect(value >= min && value <= max, $"{name} is {value}; expected {min}..{max}");
        return value;
    }

    /// <summary>There are no more arrays.</summary>
    public void End() => Expect(_next == arrays.Count, $"there are {arrays.Count} arrays; expected {_next}");

    public void Expect(bool isSo, string otherwise)
    {
        if (!isSo)
            throw Invalid($"Job {job}: {otherwise}.");
    }

    public static NamedArray Output(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> extents) =>
        Output(name, Element.Float32, MemoryMarshal.AsBytes(values), extents);

    public static NamedArray Output(string name, ReadOnlySpan<double> values, params ReadOnlySpan<long> extents) =>
        Output(name, Element.Float64, MemoryMarshal.AsBytes(values), extents);

    public static NamedArray Output(string name, ReadOnlySpan<long> values, params ReadOnlySpan<long> extents) =>
        Output(name, Element.Int64, MemoryMarshal.AsBytes(values), extents);

    public static NamedArray Output(string name, ReadOnlySpan<byte> values, params ReadOnlySpan<long> extents) =>
        Output(name, Element.Uint8, values, extents);

    public static NamedArray Output(string name, double value) => Output(name, Element.Float64, MemoryMarshal.AsBytes<double>([value]), []);

    public static NamedArray Output(string name, long value) => Output(name, Element.Int64, MemoryMarshal.AsBytes<long>([value]), []);

    private static NamedArray Output(string name, Element element, ReadOnlySpan<byte> bytes, ReadOnlySpan<long> extents)
    {
        var array = new NamedArray { Name = name, Element = element, Data = ByteString.CopyFrom(bytes) };
        array.Extents.AddRange(extents.ToArray());
        return array;
    }

    private NamedArray Next(string name, Element element, int extents, int size)
    {
        Expect(_next < arrays.Count, $"array '{name}' is missing");
        var array = arrays[_next++];
        Expect(array.Name == name && array.Element == element && array.Extents.Count == extents, $"found {array.Element} '{array.Name}' of {array.Extents.Count} extents; expected {element} '{name}' of {extents}");
        long bytes = size;
        foreach (var extent in array.Extents)
        {
            // Every extent is below 2³¹ and the product below 2³¹ before each step, so none overflows.
            Expect(extent is >= 0 and <= int.MaxValue, $"'{name}' has extent {extent}");
            bytes *= extent;
            Expect(bytes <= SampleDevice.LaunchBytesMax, $"'{name}' has more than {SampleDevice.LaunchBytesMax} bytes");
        }

        Expect(array.Data.Length == bytes, $"'{name}' has {array.Data.Length} bytes; expected {bytes}");
        return array;
    }
}
