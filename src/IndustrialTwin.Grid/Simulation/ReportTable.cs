namespace IndustrialTwin.Simulation;

/// <summary>A table of a report, as text.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Header">The columns.</param>
/// <param name="Rows">The rows, each as long as the header.</param>
/// <param name="Note">What a reader must know to read it, or null.</param>
public sealed record ReportTable(string Title, string[] Header, IReadOnlyList<string[]> Rows, string? Note = null);

/// <summary>A plot of a report.</summary>
/// <param name="Name">Its file's name without extension.</param>
/// <param name="Svg">The picture.</param>
public sealed record ReportPlot(string Name, string Svg);

/// <summary>What was aimed at, and what was reached.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Target">What it should reach.</param>
/// <param name="Reached">What it reached.</param>
/// <param name="IsReached">Whether that is enough.</param>
public sealed record ReportTarget(string Name, string Target, string Reached, bool IsReached);
