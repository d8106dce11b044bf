using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using IndustrialTwin.Keys;
using IndustrialTwin.Samples;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IndustrialTwin.Problems;

/// <summary>Reads the fields of requests; what is wrong comes back as a problem.</summary>
internal static class RequestFields
{
    /// <summary>The longest name of a channel, a feature, an analysis or an alarm in a request, characters.</summary>
    public const int NameLengthMax = 128;

    /// <summary>How many points a series has at most where a request does not say.</summary>
    public const int PointsDefault = 10_000;

    /// <summary>Reads a key, naming the segment that is at fault.</summary>
    public static bool TryKey<TKey>(
        ReadOnlySpan<(string Field, string Segment)> segments, out TKey key, [NotNullWhen(false)] out ProblemHttpResult? problem)
        where TKey : struct, ISpanParsable<TKey>
    {
        var text = string.Empty;
        foreach (var (field, segment) in segments)
        {
            if (KeyPath.Fault(segment, 1) is not null)
            {
                key = default;
                problem = Problem.Invalid(
                    text.Length == 0 ? segment : text,
                    field,
                    segment,
                    $"1 to {KeyPath.SegmentLengthMax} letters, digits, '-', '_' or '.', not beginning with '.'");
                return false;
            }

            text = text.Length == 0 ? segment : $"{text}/{segment}";
        }

        key = TKey.Parse(text, CultureInfo.InvariantCulture);
        problem = null;
        return true;
    }

    /// <summary>Reads a name out of a route, where a slash within it travels as <c>%2F</c>.</summary>
    public static bool TryName(string asset, string field, string text, out string name, [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        name = text.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var good = name.Length is >= 1 and <= NameLengthMax && !name.Any(char.IsControl);
        problem = good ? null : Problem.Invalid(asset, field, text, $"1 to {NameLengthMax} printable characters");
        return good;
    }

    /// <summary>Reads the stretch of a series that a request asks for: <c>from</c>, <c>to</c>, <c>max</c>, all optional.</summary>
    public static bool TryStretch(
        string asset, string name, IQueryCollection query, [NotNullWhen(true)] out SampleQuery? stretch, [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        stretch = null;
        if (!TryTimeUs(asset, "from", query["from"], long.MinValue, out var fromUs, out problem)
            || !TryTimeUs(asset, "to", query["to"], long.MaxValue, out var toUs, out problem))
        {
            return false;
        }

        if (fromUs > toUs)
        {
            problem = Problem.Invalid(asset, "from", query["from"], $"a time not after to, which is '{query["to"]}'");
            return false;
        }

        string? max = query["max"];
        var points = PointsDefault;
        if (max is not null
            && (!int.TryParse(max, NumberStyles.None, CultureInfo.InvariantCulture, out points) || points is < 1 or > SampleQuery.PointsLimit))
        {
            problem = Problem.Invalid(asset, "max", max, $"a whole number of 1 to {SampleQuery.PointsLimit}");
            return false;
        }

        stretch = new SampleQuery(name, fromUs, toUs, points);
        return true;
    }

    private static bool TryTimeUs(
        string asset, string field, string? text, long absent, out long timeUs, [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        problem = null;
        timeUs = absent;
        if (text is null || long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out timeUs))
        {
            return true;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            timeUs = (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            return true;
        }

        problem = Problem.Invalid(asset, field, text, "microseconds since 1970-01-01 UTC, or a time as in RFC 3339");
        return false;
    }
}
