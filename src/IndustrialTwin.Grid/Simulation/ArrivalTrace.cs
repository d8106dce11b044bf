using System.Globalization;
using System.IO.Compression;

namespace IndustrialTwin.Simulation;

/// <summary>Recorded arrivals: gaps between them and sizes, both scaled to a mean of 1.</summary>
public sealed class ArrivalTrace
{
    private ArrivalTrace(string name, double[] gaps, double[] sizes) => (Name, Gaps, Sizes) = (name, gaps, sizes);

    /// <summary>What was recorded.</summary>
    public string Name { get; }

    /// <summary>Gaps between arrivals.</summary>
    public IReadOnlyList<double> Gaps { get; }

    /// <summary>Sizes of what arrived.</summary>
    public IReadOnlyList<double> Sizes { get; }

    /// <summary>Variance of the gaps over their squared mean; 1 for a Poisson process.</summary>
    public double GapVariation => Gaps.Sum(gap => (gap - 1) * (gap - 1)) / Gaps.Count;

    /// <summary>Reads a trace from a folder of data sets, or answers null where it is not there.</summary>
    /// <exception cref="FormatException">A line of the file is not as expected; the message names file, line and field.</exception>
    public static ArrivalTrace? Read(ArrivalKind kind, string dataFolder)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataFolder);
        var (name, file, time, size) = kind switch
        {
            ArrivalKind.AzureCode => ("Azure LLM code", "gpu_cluster_traces/dev/AzureLLMInferenceTrace_code.csv", "TIMESTAMP", "GeneratedTokens"),
            ArrivalKind.GenTd26 => ("GenTD26", "gentd26/dev/lora_request_trace.csv.gz", "gmt_create", "exec_time_seconds"),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "A Poisson process is not recorded."),
        };
        var path = Path.Combine(dataFolder, file);
        if (!File.Exists(path))
            return null;
        using var stream = File.OpenRead(path);
        using var text = new StreamReader(path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream);
        return FromCsv(name, text, file, time, size);
    }

    /// <summary>Makes a trace of arrival times and sizes.</summary>
    /// <param name="name">What was recorded.</param>
    /// <param name="times">Times in any unit; they are sorted here.</param>
    /// <param name="sizes">A size for each, above 0.</param>
    public static ArrivalTrace Make(string name, IReadOnlyList<double> times, IReadOnlyList<double> sizes)
    {
        ArgumentNullException.ThrowIfNull(times);
        ArgumentNullException.ThrowIfNull(sizes);
        if (times.Count < 2 || times.Count != sizes.Count)
            throw new ArgumentException($"The trace {name} has {times.Count} times and {sizes.Count} sizes; expected as many, 2 or more.", nameof(times));
        double[] sorted = [.. times];
        double[] ordered = [.. sizes];
        Array.Sort(sorted, ordered);
        var gaps = new double[sorted.Length - 1];
        for (var i = 0; i < gaps.Length; i++)
            gaps[i] = sorted[i + 1] - sorted[i];
        return new ArrivalTrace(name, Scaled(gaps), Scaled(ordered));
    }

    private static ArrivalTrace FromCsv(string name, StreamReader text, string file, string time, string size)
    {
        var header = text.ReadLine()?.Split(',') ?? [];
        var (timeAt, sizeAt) = (Array.IndexOf(header, time), Array.IndexOf(header, size));
        if (timeAt < 0 || sizeAt < 0)
            throw new FormatException($"{file}: the first line must name the fields {time} and {size}.");
        var (times, sizes) = (new List<double>(), new List<double>());
        for (var line = 2; text.ReadLine() is { } row; line++)
        {
            var fields = row.Split(',');
            if (fields.Length != header.Length)
                throw new FormatException($"{file}, line {line}: {fields.Length} fields, expected {header.Length}.");
            // What failed before it ran has no size.
            if (fields[sizeAt].Length == 0)
                continue;
            if (!DateTime.TryParse(fields[timeAt], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
                throw new FormatException($"{file}, line {line}, {time}: '{fields[timeAt]}' is no time.");
            if (!double.TryParse(fields[sizeAt], NumberStyles.Float, CultureInfo.InvariantCulture, out var amount))
                throw new FormatException($"{file}, line {line}, {size}: '{fields[sizeAt]}' is no number.");
            if (amount <= 0)
                continue;
            times.Add(at.Ticks / (double)TimeSpan.TicksPerSecond);
            sizes.Add(amount);
        }

        return Make(name, times, sizes);
    }

    private static double[] Scaled(double[] values)
    {
        var mean = values.Average();
        if (!(mean > 0))
            throw new ArgumentException("The mean of a trace's gaps and sizes must be above 0.", nameof(values));
        for (var i = 0; i < values.Length; i++)
            values[i] /= mean;
        return values;
    }
}
