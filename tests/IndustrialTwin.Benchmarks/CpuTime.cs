using System.Diagnostics;
using System.Globalization;

namespace IndustrialTwin.Benchmarks;

/// <summary>What a process and all below it have had of the processors.</summary>
internal static class CpuTime
{
    private const int TicksPerSecond = 100; // What Linux tells user space in, whatever its own clock is.

    /// <summary>Processor seconds of a process and its living descendants, and of those of them that have been waited for.</summary>
    public static double SecondsOf(int process)
    {
        if (!OperatingSystem.IsLinux())
        {
            using var one = Process.GetProcessById(process);
            return one.TotalProcessorTime.TotalSeconds;
        }

        var stats = Directory.EnumerateDirectories("/proc")
            .Where(folder => int.TryParse(Path.GetFileName(folder), out _))
            .Select(Read).OfType<(int Id, int Parent, long Ticks)>().ToList();
        var family = new HashSet<int> { process };
        while (stats.Any(stat => family.Contains(stat.Parent) && family.Add(stat.Id)))
        {
        }

        return stats.Where(stat => family.Contains(stat.Id)).Sum(stat => stat.Ticks) / (double)TicksPerSecond;
    }

    private static (int Id, int Parent, long Ticks)? Read(string folder)
    {
        try
        {
            // The name in brackets may hold anything; the numbers begin after its last one.
            var text = File.ReadAllText(Path.Combine(folder, "stat"));
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            long Number(int field) => long.Parse(fields[field - 3], CultureInfo.InvariantCulture);
            return (int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), (int)Number(4), Number(14) + Number(15) + Number(16) + Number(17));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null; // It has ended in between.
        }
    }
}
