using System.Globalization;

namespace IndustrialTwin.Benchmarks.Scale;

/// <summary>What a process holds in memory, bytes.</summary>
/// <param name="Resident">All that is in physical memory.</param>
/// <param name="Private">What of it is its own: no files, nothing shared.</param>
internal readonly record struct ProcessMemory(long Resident, long Private)
{
    /// <exception cref="NotHereException">The system does not tell.</exception>
    public static ProcessMemory Of(int process)
    {
        var path = $"/proc/{process}/smaps_rollup";
        if (!File.Exists(path))
        {
            throw new NotHereException($"{path} is missing; private memory is told by Linux alone.");
        }

        var figures = File.ReadLines(path).Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length >= 3 && words[2] == "kB")
            .ToDictionary(words => words[0].TrimEnd(':'), words => long.Parse(words[1], CultureInfo.InvariantCulture) * 1024);
        return new ProcessMemory(figures["Rss"], figures["Private_Clean"] + figures["Private_Dirty"]);
    }
}
