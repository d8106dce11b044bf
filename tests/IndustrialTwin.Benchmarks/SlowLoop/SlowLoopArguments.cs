using System.Globalization;

namespace IndustrialTwin.Benchmarks.SlowLoop;

/// <summary>What a trial was asked for.</summary>
/// <param name="Seed">Chooses the cause, and whether something misleads.</param>
/// <param name="Folder">Where traces and symptom go.</param>
/// <param name="Answer">The file that the answer is appended to; null for one in the folder.</param>
/// <param name="Cause">A cause by its name, instead of the seed's.</param>
/// <param name="Time">How long the load is measured.</param>
/// <param name="Silo">The silo's program; null for this checkout's.</param>
internal sealed record SlowLoopArguments(int Seed, string Folder, string? Answer, string? Cause, TimeSpan Time, string? Silo)
{
    /// <summary>Reads arguments.</summary>
    /// <exception cref="FormatException">One is not understood; the message names it.</exception>
    public static SlowLoopArguments Parse(string[] args, string usage)
    {
        var read = new SlowLoopArguments(0, string.Empty, null, null, TimeSpan.FromSeconds(30), null);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : string.Empty;
            read = args[i] switch
            {
                "--seed" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) => read with { Seed = seed },
                "--out" when value.Length > 0 => read with { Folder = Path.GetFullPath(value) },
                "--answer" when value.Length > 0 => read with { Answer = Path.GetFullPath(value) },
                "--cause" when SlowLoop.Cause.All.Any(cause => cause.Name == value) => read with { Cause = value },
                "--cause" => throw new FormatException($"--cause is '{value}'; expected one of {string.Join(", ", SlowLoop.Cause.All.Select(cause => cause.Name))}."),
                "--seconds" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 600 => read with { Time = TimeSpan.FromSeconds(seconds) },
                "--silo" when value.Length > 0 => read with { Silo = value },
                _ => throw new FormatException($"'{args[i]} {value}' is not understood; {usage}."),
            };
        }

        return read.Folder.Length > 0 ? read : throw new FormatException($"--out is missing; {usage}.");
    }
}
