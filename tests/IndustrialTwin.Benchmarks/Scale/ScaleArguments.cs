using System.Globalization;

namespace IndustrialTwin.Benchmarks.Scale;

/// <summary>What a scale command was asked for.</summary>
/// <param name="Twins">Active twins.</param>
/// <param name="RateHz">Samples a second, over all.</param>
/// <param name="Time">How long it is measured.</param>
/// <param name="Rows">Rows of four channels in a message.</param>
/// <param name="Postgres">Whether log and twins are kept by PostgreSQL.</param>
internal sealed record ScaleArguments(int Twins, double RateHz, TimeSpan Time, int Rows, bool Postgres)
{
    /// <summary>The arguments over the defaults.</summary>
    /// <exception cref="FormatException">One is not understood; the message names it and what is.</exception>
    public ScaleArguments With(string[] args)
    {
        var read = this;
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : string.Empty;
            read = args[i] switch
            {
                "--twins" => read with { Twins = (int)Number(value, 100, 1_000_000) },
                "--rate" => read with { RateHz = Number(value, 100, 10_000_000) },
                "--rows" => read with { Rows = (int)Number(value, 1, 1_000) },
                "--duration" => read with { Time = Duration(value) },
                "--engine" when value is "sqlite" or "postgres" => read with { Postgres = value == "postgres" },
                _ => throw new FormatException(
                    $"'{args[i]} {value}' is not understood; expected --twins n, --rate samples/s, --rows n, --duration 60s or 10m, --engine sqlite or postgres."),
            };
        }

        return read;

        static double Number(string value, double least, double most) =>
            double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
                ? number
                : throw new FormatException($"'{value}' is out of range; expected {least} to {most}.");

        static TimeSpan Duration(string value) => value switch
        {
            [.. var number, 's'] => TimeSpan.FromSeconds(Number(number, 1, 86_400)),
            [.. var number, 'm'] => TimeSpan.FromMinutes(Number(number, 1, 1_440)),
            _ => throw new FormatException($"'{value}' is no duration; expected such as 60s or 10m."),
        };
    }
}
