using IndustrialTwin.CommandLine;
using Spectre.Console;

namespace IndustrialTwin;

/// <summary>One run of a command line: its exit code and what it wrote.</summary>
internal sealed record Invocation(int ExitCode, string Out, string Error)
{
    public static Task<Invocation> RunAsync(params string[] args) => RunAsync(args, CancellationToken.None);

    public static async Task<Invocation> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(error),
        });
        var code = await Itwin.RunAsync(args, new Terminal(output, error, console), cancellationToken);
        return new Invocation(code, output.ToString(), error.ToString());
    }
}
