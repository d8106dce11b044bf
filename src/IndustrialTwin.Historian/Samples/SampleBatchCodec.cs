using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace IndustrialTwin.Samples;

/// <summary>
/// The log's binary form of a batch's columns, little-endian: version 1; the columns' count; then for each column the name's length
/// and UTF-8, a flag whether it shares the times of the column before, the count, the times (first as is, then differences as
/// zigzag LEB128) unless shared, and the values as IEEE 754 doubles.
/// </summary>
public static class SampleBatchCodec
{
    private const byte Version = 1;

    /// <summary>Encodes columns.</summary>
    public static byte[] Encode(IReadOnlyList<SampleColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        var buffer = ArrayPool<byte>.Shared.Rent(SizeMax(columns));
        try
        {
            var at = 0;
            buffer[at++] = Version;
            at += Varint.Write(buffer.AsSpan(at), (ulong)columns.Count);
            long[]? shared = null;
            foreach (var column in columns)
            {
                var name = Encoding.UTF8.GetBytes(column.Channel, buffer.AsSpan(at + 5));
                var head = Varint.Write(buffer.AsSpan(at), (ulong)name);
                buffer.AsSpan(at + 5, name).CopyTo(buffer.AsSpan(at + head));
                at += head + name;
                var same = ReferenceEquals(column.TimesUs, shared);
                buffer[at++] = same ? (byte)1 : (byte)0;
                at += Varint.Write(buffer.AsSpan(at), (ulong)column.Values.Length);
                if (!same)
                {
                    at += Varint.WriteTimes(buffer.AsSpan(at), column.TimesUs);
                }

                shared = column.TimesUs;
                at += WriteValues(buffer.AsSpan(at), column.Values);
            }

            return buffer.AsSpan(0, at).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Decodes columns.</summary>
    /// <exception cref="InvalidDataException">The bytes are no batch of a known version.</exception>
    public static SampleColumn[] Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var at = 0;
            var version = bytes[at++];
            if (version != Version)
            {
                throw new InvalidDataException($"A logged batch has version {version}; this build reads version {Version}.");
            }

            var columns = new SampleColumn[checked((int)Math.Min(Varint.Read(bytes, ref at), (ulong)bytes.Length))];
            long[] times = [];
            for (var c = 0; c < columns.Length; c++)
            {
                var length = checked((int)Varint.Read(bytes, ref at));
                var name = Encoding.UTF8.GetString(bytes.Slice(at, length));
                at += length;
                var same = bytes[at++] == 1;
                var count = checked((int)Varint.Read(bytes, ref at));
                if (!same)
                {
                    times = Varint.ReadTimes(bytes, count, ref at);
                }

                columns[c] = new SampleColumn(name, times, ReadValues(bytes.Slice(at, count * sizeof(double))));
                at += count * sizeof(double);
            }

            return columns;
        }
        catch (Exception fault) when (fault is ArgumentOutOfRangeException or IndexOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException("A logged batch ends too early or holds a length out of range.", fault);
        }
    }

    private static int SizeMax(IReadOnlyList<SampleColumn> columns)
    {
        var size = 16;
        foreach (var column in columns)
        {
            size += 16 + Encoding.UTF8.GetMaxByteCount(column.Channel.Length) + (column.Values.Length * 18);
        }

        return size;
    }

    private static int WriteValues(Span<byte> target, double[] values)
    {
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(target);
        }
        else
        {
            for (var i = 0; i < values.Length; i++)
            {
                BinaryPrimitives.WriteDoubleLittleEndian(target[(i * sizeof(double))..], values[i]);
            }
        }

        return values.Length * sizeof(double);
    }

    private static double[] ReadValues(ReadOnlySpan<byte> bytes)
    {
        var values = new double[bytes.Length / sizeof(double)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadDoubleLittleEndian(bytes[(i * sizeof(double))..]);
        }

        return values;
    }
}
