using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace IndustrialTwin.CommandLine;

/// <summary>Options that take a length of time, written as <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>2h</c>, or in plain seconds.</summary>
internal static class TimeOption
{
    private static readonly (string Unit, double Ms)[] Units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];

    public static Option<TimeSpan> Create(string name, string description, TimeSpan fallback) => new(name)
    {
        Description = description,
        HelpName = "time",
        DefaultValueFactory = _ => fallback,
        CustomParser = Read,
    };

    private static TimeSpan Read(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var (unit, ms) = Array.Find(Units, known => text.EndsWith(known.Unit, StringComparison.Ordinal));
        var number = unit is null ? text : text[..^unit.Length];
        if (double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value > 0)
        {
            var length = value * (unit is null ? 1000 : ms);
            if (length <= TimeSpan.FromDays(7).TotalMilliseconds)
            {
                return TimeSpan.FromMilliseconds(length);
            }
        }

        result.AddError($"'{text}' is no length of time; expected a form like 500ms, 30s, 5m or 2h, above 0 and up to 168h.");
        return default;
    }
}
