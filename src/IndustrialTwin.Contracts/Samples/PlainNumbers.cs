using System.Buffers;

namespace IndustrialTwin.Samples;

/// <summary>
/// Reads lists of plain JSON numbers, which is what nearly all of a payload is, several times faster than token by token. What is
/// not plain (an exponent, a null, more digits than a double holds exactly, an error) it does not take; the strict reader does.
/// A decimal of an exact integer over an exact power of ten is rounded once, and so is the nearest double
/// (W. D. Clinger, How to read floating point numbers accurately, 1990).
/// </summary>
internal static class PlainNumbers
{
    private const ulong MantissaMax = 1UL << 53;

    private static readonly double[] PowersOfTen =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>Reads a list after its opening bracket.</summary>
    /// <param name="json">What comes after the bracket.</param>
    /// <param name="countMax">More numbers are not taken.</param>
    /// <param name="numbers">The numbers.</param>
    /// <param name="end">Where the closing bracket is.</param>
    internal static bool TryRead(ReadOnlySpan<byte> json, int countMax, out double[] numbers, out int end)
    {
        numbers = [];
        var buffer = ArrayPool<double>.Shared.Rent(256);
        var (count, at) = (0, 0);
        while (TryReadNumber(json, ref at, out var isNegative, out var mantissa, out var places))
        {
            if (count == buffer.Length)
            {
                buffer = Larger(buffer);
            }

            var value = mantissa / PowersOfTen[places];
            buffer[count++] = isNegative ? -value : value;
            if (count > countMax || !TryReadComma(json, ref at, out var isEnd))
            {
                break;
            }

            if (isEnd)
            {
                numbers = buffer.AsSpan(0, count).ToArray();
                ArrayPool<double>.Shared.Return(buffer);
                end = at;
                return true;
            }
        }

        ArrayPool<double>.Shared.Return(buffer);
        end = 0;
        return false;
    }

    /// <summary>Reads a list of integers after its opening bracket; as for numbers with places.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> json, int countMax, out long[]? numbers, out int end)
    {
        numbers = null;
        var buffer = ArrayPool<long>.Shared.Rent(256);
        var (count, at) = (0, 0);
        while (TryReadNumber(json, ref at, out var isNegative, out var mantissa, out var places) && places == 0)
        {
            if (count == buffer.Length)
            {
                buffer = Larger(buffer);
            }

            buffer[count++] = isNegative ? -(long)mantissa : (long)mantissa;
            if (count > countMax || !TryReadComma(json, ref at, out var isEnd))
            {
                break;
            }

            if (isEnd)
            {
                numbers = buffer.AsSpan(0, count).ToArray();
                ArrayPool<long>.Shared.Return(buffer);
                end = at;
                return true;
            }
        }

        ArrayPool<long>.Shared.Return(buffer);
        end = 0;
        return false;
    }

    /// <summary>Reads <c>-?(0|[1-9][0-9]*)(\.[0-9]+)?</c>, at most 2^53 without its point and 22 places.</summary>
    private static bool TryReadNumber(ReadOnlySpan<byte> json, ref int at, out bool isNegative, out ulong mantissa, out int places)
    {
        (isNegative, mantissa, places) = (false, 0, 0);
        SkipSpace(json, ref at);
        if (at < json.Length && json[at] == '-')
        {
            isNegative = true;
            at++;
        }

        var start = at;
        while (at < json.Length && (uint)(json[at] - '0') <= 9 && mantissa < MantissaMax)
        {
            mantissa = (mantissa * 10) + (uint)(json[at++] - '0');
        }

        var digits = at - start;
        if (digits == 0 || (digits > 1 && json[start] == '0'))
        {
            return false;
        }

        if (at < json.Length && json[at] == '.')
        {
            start = ++at;
            while (at < json.Length && (uint)(json[at] - '0') <= 9 && mantissa < MantissaMax)
            {
                mantissa = (mantissa * 10) + (uint)(json[at++] - '0');
            }

            places = at - start;
            if (places == 0 || places >= PowersOfTen.Length)
            {
                return false;
            }
        }

        return mantissa < MantissaMax;
    }

    /// <summary>Goes past a comma to the next number, or to the closing bracket.</summary>
    private static bool TryReadComma(ReadOnlySpan<byte> json, ref int at, out bool isEnd)
    {
        SkipSpace(json, ref at);
        isEnd = at < json.Length && json[at] == ']';
        if (isEnd)
        {
            return true;
        }

        return at < json.Length && json[at++] == ',';
    }

    private static void SkipSpace(ReadOnlySpan<byte> json, ref int at)
    {
        while (at < json.Length && json[at] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r')
        {
            at++;
        }
    }

    private static T[] Larger<T>(T[] buffer)
    {
        var larger = ArrayPool<T>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<T>.Shared.Return(buffer);
        return larger;
    }
}
