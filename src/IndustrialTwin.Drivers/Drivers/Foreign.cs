namespace IndustrialTwin.Drivers;

/// <summary>What strangers write, made fit for logs and screens.</summary>
internal static class Foreign
{
    private const int LengthMax = 512;

    /// <summary>The text without control characters, and not longer than 512.</summary>
    public static string Text(string text)
    {
        var cut = text.Length > LengthMax ? text[..LengthMax] : text;
        return cut.AsSpan().ContainsAnyInRange('\0', '\x1f') || cut.Any(char.IsControl)
            ? string.Create(cut.Length, cut, (span, source) =>
            {
                for (var i = 0; i < span.Length; i++)
                    span[i] = char.IsControl(source[i]) ? '?' : source[i];
            })
            : cut;
    }
}
