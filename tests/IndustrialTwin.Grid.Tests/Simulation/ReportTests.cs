using System.Xml.Linq;
using Xunit;

namespace IndustrialTwin.Simulation;

public sealed class ReportTests
{
    [Fact]
    public void A_report_has_tables_plots_and_aims_and_says_what_it_left_out()
    {
        var report = SimulationReport.Run(new ReportOptions { Requests = 10_000, Devices = 4, Kernels = 4, DataFolder = "/nowhere" });
        Assert.All(report.Tables, table => Assert.All(table.Rows, row => Assert.Equal(table.Header.Length, row.Length)));
        Assert.Equal(5, report.Tables.Count);
        Assert.All(report.Plots, plot => Assert.Equal("svg", XDocument.Parse(plot.Svg).Root!.Name.LocalName));
        Assert.Equal(4, report.Plots.Select(plot => plot.Name).Distinct().Count());
        Assert.Contains(report.Targets, target => target.Name.StartsWith("messages", StringComparison.Ordinal) && target.IsReached);
        Assert.Equal(2, report.Skipped.Count);
        Assert.Contains("/nowhere", report.Skipped[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_trace_is_scaled_to_a_mean_of_one()
    {
        var trace = ArrivalTrace.Make("made", [30, 10, 20, 60], [3, 1, 2, 2]);
        Assert.Equal(1, trace.Gaps.Average(), 1e-9);
        Assert.Equal([0.6, 0.6, 1.8], trace.Gaps.Select(gap => Math.Round(gap, 9)));
        Assert.Equal([0.5, 1, 1.5, 1], trace.Sizes);
        Assert.Throws<ArgumentException>(() => ArrivalTrace.Make("short", [1], [1]));
    }

    [Fact]
    public void A_trace_with_a_bad_line_names_it()
    {
        var folder = Directory.CreateTempSubdirectory("itwin-trace-");
        try
        {
            var file = Path.Combine(folder.FullName, "gpu_cluster_traces", "dev", "AzureLLMInferenceTrace_code.csv");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03,1,2\n2023-11-16 18:17:04,1,many\n");
            var fault = Assert.Throws<FormatException>(() => ArrivalTrace.Read(ArrivalKind.AzureCode, folder.FullName));
            Assert.Contains("line 3, GeneratedTokens: 'many' is no number", fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_simulation_out_of_range_is_refused_by_name()
    {
        var fault = Assert.Throws<ArgumentOutOfRangeException>(() => SimulationRun.Run(new SimulationOptions { Load = 0 }));
        Assert.Contains("SimulationOptions.Load", fault.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => SimulationRun.Run(new SimulationOptions { Arrivals = ArrivalKind.AzureCode }));
        Assert.Throws<ArgumentOutOfRangeException>(() => SimulationReport.Run(new ReportOptions { Requests = 1 }));
    }

    [Fact]
    public void It_can_be_cancelled() => Assert.Throws<OperationCanceledException>(
        () => SimulationRun.Run(new SimulationOptions { Requests = 100_000_000 }, new CancellationToken(canceled: true)));
}
