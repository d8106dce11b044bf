using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace IndustrialTwin.Operations;

/// <summary>Finds what is not a number before a kernel spreads it over a whole result.</summary>
internal static class Finite
{
    private const int FloatExponent = 0x7F80_0000;
    private const long DoubleExponent = 0x7FF0_0000_0000_0000;

    /// <summary>What an operation says of a result that is not finite, or null.</summary>
    public static string? Describe(string field, ReadOnlySpan<float> values)
    {
        var bad = IndexOfNonFinite(values);
        return bad < 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{field}[{bad}] is {values[bad]}");
    }

    /// <summary>What an operation says of a result that is not finite, or null.</summary>
    public static string? Describe(string field, ReadOnlySpan<double> values)
    {
        var bad = IndexOfNonFinite(values);
        return bad < 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{field}[{bad}] is {values[bad]}");
    }

    /// <summary>Index of the first NaN or infinity, or -1.</summary>
    public static int IndexOfNonFinite(ReadOnlySpan<float> values)
    {
        var exponent = new Vector<int>(FloatExponent);
        var i = 0;
        foreach (var bits in MemoryMarshal.Cast<float, Vector<int>>(values))
        {
            if (Vector.EqualsAny(bits & exponent, exponent))
                break;
            i += Vector<int>.Count;
        }

        for (; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                return i;
        }

        return -1;
    }

    /// <summary>Index of the first NaN or infinity, or -1.</summary>
    public static int IndexOfNonFinite(ReadOnlySpan<double> values)
    {
        var exponent = new Vector<long>(DoubleExponent);
        var i = 0;
        foreach (var bits in MemoryMarshal.Cast<double, Vector<long>>(values))
        {
            if (Vector.EqualsAny(bits & exponent, exponent))
                break;
            i += Vector<long>.Count;
        }

        for (; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
                return i;
        }

        return -1;
    }
}
