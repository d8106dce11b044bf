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
            at += WriteUnsigned(buffer.AsSpan(at), (ulong)columns.Count);
            long[]? shared = null;
            foreach (var column in columns)
            {
                var name = Encoding.UTF8.GetBytes(column.Channel, buffer.AsSpan(at + 5));
                var head = WriteUnsigned(buffer.AsSpan(at), (ulong)name);
                buffer.AsSpan(at + 5, name).CopyTo(buffer.AsSpan(at + head));
                at += head + name;
                var same = ReferenceEquals(column.TimesUs, shared);
                buffer[at++] = same ? (byte)1 : (byte)0;
                at += WriteUnsigned(buffer.AsSpan(at), (ulong)column.Values.Length);
                if (!same)
                {
                    var before = 0L;
                    foreach (var time in column.TimesUs)
                    {
                        var step = time - before;
                        at += WriteUnsigned(buffer.AsSpan(at), (ulong)((step << 1) ^ (step >> 63)));
                        before = time;
                    }
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

            var columns = new SampleColumn[checked((int)ReadUnsigned(bytes, ref at))];
            long[] times = [];
            for (var c = 0; c < columns.Length; c++)
            {
                var length = checked((int)ReadUnsigned(bytes, ref at));
                var name = Encoding.UTF8.GetString(bytes.Slice(at, length));
                at += length;
                var same = bytes[at++] == 1;
                var count = checked((int)ReadUnsigned(bytes, ref at));
                if (!same)
                {
                    times = new long[count];
                    var before = 0L;
                    for (var i = 0; i < count; i++)
                    {
                        var zigzag = ReadUnsigned(bytes, ref at);
                        before += (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
                        times[i] = before;
                    }
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

    private static int WriteUnsigned(Span<byte> target, ulong value)
    {
        var at = 0;
        while (value >= 0x80)
        {
            target[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[at++] = (byte)value;
        return at;
    }

    private static ulong ReadUnsigned(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var part = bytes[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A logged batch holds a number longer than 64 bits.");
    }
}
