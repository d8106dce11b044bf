using System.Diagnostics;

namespace IndustrialTwin.Bench;

/// <summary>Medians of several rounds. Things to compare take turns within each round, so a machine that drifts drifts for all.</summary>
internal static class Measure
{
    /// <summary>The median over rounds of what each contender answers.</summary>
    public static double[] Medians(int rounds, params Func<double>[] contenders)
    {
        var figures = contenders.Select(_ => new List<double>()).ToArray();
        for (var round = -1; round < rounds; round++)
        {
            for (var i = 0; i < contenders.Length; i++)
            {
                var figure = contenders[i]();
                if (round >= 0)
                {
                    figures[i].Add(figure);
                }
            }
        }

        return [.. figures.Select(Median)];
    }

    /// <summary>The same for contenders that wait.</summary>
    public static async Task<double[]> MediansAsync(int rounds, params Func<Task<double>>[] contenders)
    {
        var figures = contenders.Select(_ => new List<double>()).ToArray();
        for (var round = -1; round < rounds; round++)
        {
            for (var i = 0; i < contenders.Length; i++)
            {
                var figure = await contenders[i]();
                if (round >= 0)
                {
                    figures[i].Add(figure);
                }
            }
        }

        return [.. figures.Select(Median)];
    }

    /// <summary>Processor time of this thread's process that one unit of work costs, microseconds.</summary>
    public static double CpuUs(int units, Action work)
    {
        var process = Process.GetCurrentProcess();
        process.Refresh();
        var before = process.TotalProcessorTime;
        work();
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalMicroseconds / units;
    }

    public static double Median(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    public static double Percentile(double[] sorted, double share) => sorted.Length == 0 ? double.NaN : sorted[(int)(share * (sorted.Length - 1))];
}
