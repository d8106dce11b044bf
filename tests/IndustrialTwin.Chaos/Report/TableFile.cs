namespace IndustrialTwin.Chaos;

/// <summary>A table in a file, which grows by a row as soon as a fault has its verdict: a long form that was broken off goes on where it was.</summary>
internal sealed class TableFile(string path)
{
    /// <summary>Whether a fault has a row.</summary>
    public bool Holds(Fault fault) => File.Exists(path) && File.ReadLines(path).Any(line => line.StartsWith($"| {fault.Title} |", StringComparison.Ordinal));

    public void Add(Verdict verdict)
    {
        var isNew = !File.Exists(path);
        using var output = File.AppendText(path);
        if (isNew)
        {
            ChaosTable.WriteHead(output);
        }

        ChaosTable.WriteRow(output, verdict);
    }
}
