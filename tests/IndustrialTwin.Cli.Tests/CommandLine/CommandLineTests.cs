using Xunit;

namespace IndustrialTwin;

public sealed class CommandLineTests
{
    [Fact]
    public async Task A_command_that_does_not_exist_is_a_usage_error()
    {
        var run = await Invocation.RunAsync("frobnicate");
        Assert.Equal(CommandLine.ExitCode.Usage, run.ExitCode);
        Assert.Contains("frobnicate", run.Error, StringComparison.Ordinal);
    }
}
