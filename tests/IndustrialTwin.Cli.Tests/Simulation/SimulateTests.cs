using IndustrialTwin.CommandLine;
using Xunit;

namespace IndustrialTwin.Simulation;

public sealed class SimulateTests
{
    [Fact]
    public async Task It_prints_tables_and_aims_and_writes_plots()
    {
        var folder = Directory.CreateTempSubdirectory("itwin-plots-");
        try
        {
            var run = await Invocation.RunAsync(
                "simulate", "--requests", "10000", "--devices", "4", "--kernels", "4", "--data", "/no/such/folder", "--plots", folder.FullName);
            Assert.Equal(ExitCode.Done, run.ExitCode);
            Assert.Contains("Omniscient", run.Out, StringComparison.Ordinal);
            Assert.Contains("What it should reach", run.Out, StringComparison.Ordinal);
            Assert.Contains("GenTd26: not found in /no/such/folder", run.Out, StringComparison.Ordinal);
            Assert.Equal(4, folder.GetFiles("*.svg").Length);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("ReportOptions.Requests", "--requests", "1")]
    [InlineData("SimulationOptions.Devices", "--devices", "0")]
    [InlineData("SimulationOptions.DeadlineBatches", "--deadline", "0")]
    public async Task What_is_out_of_range_is_a_usage_error_that_names_it(string expected, params string[] args)
    {
        var run = await Invocation.RunAsync(["simulate", .. args]);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }
}
