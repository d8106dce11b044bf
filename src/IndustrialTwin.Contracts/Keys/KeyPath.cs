using System.Buffers;

namespace IndustrialTwin.Keys;

/// <summary>
/// The grammar that all keys share: segments of letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, joined by <c>/</c>.
/// It leaves out the characters that MQTT topics, URLs and file names give a meaning of their own.
/// </summary>
public static class KeyPath
{
    /// <summary>The longest segment, in characters.</summary>
    public const int SegmentLengthMax = 64;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    /// <summary>Says what is wrong with <paramref name="text"/> as a key of <paramref name="segments"/> segments, or null if nothing is.</summary>
    public static string? Fault(ReadOnlySpan<char> text, int segments)
    {
        var found = 0;
        foreach (var range in text.Split('/'))
        {
            found++;
            var segment = text[range];
            if (segment.IsEmpty)
            {
                return "it has an empty segment";
            }

            if (segment.Length > SegmentLengthMax)
            {
                return $"a segment is longer than {SegmentLengthMax} characters";
            }

            if (segment.ContainsAnyExcept(Allowed))
            {
                return "a segment may hold only letters, digits, '-', '_' and '.'";
            }

            if (segment[0] == '.')
            {
                return "a segment may not begin with '.'";
            }
        }

        return found == segments ? null : $"it has {found} segments";
    }

    /// <summary>Returns <paramref name="text"/> when it is a key of <paramref name="segments"/> segments.</summary>
    /// <exception cref="FormatException">The text is no such key; the message names the noun, the text and what was expected.</exception>
    public static string Checked(string text, int segments, string noun, string example)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Fault(text, segments) is { } fault
            ? throw new FormatException($"'{text}' is no {noun} key: {fault}; expected a form like '{example}'.")
            : text;
    }
}
