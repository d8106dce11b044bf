using System.Text.Json;

namespace IndustrialTwin.Samples;

/// <summary>
/// Keeps names that come again with every message, so that each is one string in the process. It remembers a bounded number and
/// forgets one for another of the same slot.
/// </summary>
internal static class KnownNames
{
    private const int Slots = 4_096;

    private static readonly string?[] Names = new string?[Slots];

    /// <summary>The text of the token that the reader stands on.</summary>
    /// <exception cref="InvalidOperationException">It is no text.</exception>
    internal static string? Read(ref Utf8JsonReader json)
    {
        if (json.ValueIsEscaped || json.ValueSpan.Length > SamplePayload.ChannelNameLengthMax)
        {
            return json.GetString();
        }

        // FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/
        var hash = 2_166_136_261u;
        foreach (var part in json.ValueSpan)
        {
            hash = (hash ^ part) * 16_777_619;
        }

        ref var known = ref Names[(hash ^ (hash >> 16)) % Slots];
        return known is { } name && json.ValueTextEquals(name) ? name : known = json.GetString();
    }
}
