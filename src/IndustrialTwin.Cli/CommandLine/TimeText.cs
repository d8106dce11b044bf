using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace IndustrialTwin.CommandLine;

/// <summary>Points in time, as microseconds since 1970-01-01 UTC inside and RFC 3339 outside.</summary>
internal static class TimeText
{
    public static Option<long?> Create(string name, string description, bool isRequired) => new(name)
    {
        Description = description, HelpName = "time", Required = isRequired, CustomParser = Read,
    };

    public static string Of(long? timeUs) => timeUs is { } time
        ? DateTimeOffset.UnixEpoch.AddTicks(time * TimeSpan.TicksPerMicrosecond).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture)
        : "-";

    private static long? Read(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        }

        result.AddError($"'{text}' is no time; expected a form like 2026-05-01 or 2026-05-01T08:00:00Z.");
        return null;
    }
}
