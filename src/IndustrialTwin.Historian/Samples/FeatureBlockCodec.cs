using System.Buffers.Binary;
using IndustrialTwin.Analyses;

namespace IndustrialTwin.Samples;

/// <summary>
/// The log's binary form of a feature block, little-endian: version 1; the count; the times; the values; a flag whether the judged
/// values differ from them and if so those; then a bit a point whether it exceeded.
/// </summary>
internal static class FeatureBlockCodec
{
    private const byte Version = 1;

    public static byte[] Encode(FeatureBlock block)
    {
        var count = block.TimesUs.Length;
        var same = block.Values.AsSpan().SequenceEqual(block.Filtered);
        var bytes = new byte[2 + Varint.BytesMax + (count * (Varint.BytesMax + 17))];
        bytes[0] = Version;
        var at = 1;
        at += Varint.Write(bytes.AsSpan(at), (ulong)count);
        at += Varint.WriteTimes(bytes.AsSpan(at), block.TimesUs);
        at += WriteDoubles(bytes.AsSpan(at), block.Values);
        bytes[at++] = same ? (byte)0 : (byte)1;
        at += same ? 0 : WriteDoubles(bytes.AsSpan(at), block.Filtered);
        for (var i = 0; i < count; i++)
        {
            bytes[at + (i / 8)] |= block.Exceeded[i] ? (byte)(1 << (i % 8)) : (byte)0;
        }

        return bytes[..(at + ((count + 7) / 8))];
    }

    /// <exception cref="InvalidDataException">The bytes are no block of a known version.</exception>
    public static FeatureSeries Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (bytes[0] != Version)
            {
                throw new InvalidDataException($"A logged feature block has version {bytes[0]}; this build reads version {Version}.");
            }

            var at = 1;
            var count = checked((int)Varint.Read(bytes, ref at));
            var times = Varint.ReadTimes(bytes, count, ref at);
            var values = ReadDoubles(bytes, count, ref at);
            var filtered = bytes[at++] == 0 ? values : ReadDoubles(bytes, count, ref at);
            var exceeded = new bool[count];
            for (var i = 0; i < count; i++)
            {
                exceeded[i] = (bytes[at + (i / 8)] & (1 << (i % 8))) != 0;
            }

            return new FeatureSeries(times, values, filtered, exceeded, false);
        }
        catch (Exception fault) when (fault is ArgumentOutOfRangeException or IndexOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException("A logged feature block ends too early or holds a length out of range.", fault);
        }
    }

    private static int WriteDoubles(Span<byte> target, double[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(target[(i * sizeof(double))..], values[i]);
        }

        return values.Length * sizeof(double);
    }

    private static double[] ReadDoubles(ReadOnlySpan<byte> bytes, int count, ref int at)
    {
        var part = bytes.Slice(at, count * sizeof(double));
        var values = new double[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = BinaryPrimitives.ReadDoubleLittleEndian(part[(i * sizeof(double))..]);
        }

        at += part.Length;
        return values;
    }
}
