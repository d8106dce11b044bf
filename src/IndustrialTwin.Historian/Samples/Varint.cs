namespace IndustrialTwin.Samples;

/// <summary>LEB128: seven bits a byte, the lowest first. Signed numbers are zigzag encoded, so that small ones of either sign are short.</summary>
internal static class Varint
{
    /// <summary>The most bytes that one number takes.</summary>
    public const int BytesMax = 10;

    public static int Write(Span<byte> target, ulong value)
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

    public static int WriteSigned(Span<byte> target, long value) => Write(target, (ulong)((value << 1) ^ (value >> 63)));

    public static ulong Read(ReadOnlySpan<byte> bytes, ref int at)
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

        throw new InvalidDataException("A logged record holds a number longer than 64 bits.");
    }

    public static long ReadSigned(ReadOnlySpan<byte> bytes, ref int at)
    {
        var zigzag = Read(bytes, ref at);
        return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
    }

    /// <summary>Writes times as the first one and the differences after it.</summary>
    public static int WriteTimes(Span<byte> target, ReadOnlySpan<long> timesUs)
    {
        var (at, before) = (0, 0L);
        foreach (var time in timesUs)
        {
            at += WriteSigned(target[at..], time - before);
            before = time;
        }

        return at;
    }

    public static long[] ReadTimes(ReadOnlySpan<byte> bytes, int count, ref int at)
    {
        if (count > bytes.Length - at)
        {
            throw new InvalidDataException($"A logged record claims {count} times and has {bytes.Length - at} bytes left.");
        }

        var times = new long[count];
        var before = 0L;
        for (var i = 0; i < count; i++)
        {
            before += ReadSigned(bytes, ref at);
            times[i] = before;
        }

        return times;
    }
}
