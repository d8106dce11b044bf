using Spectre.Console;

namespace IndustrialTwin.CommandLine;

/// <summary>
/// Where a command writes. Lines that scripts read go to <paramref name="Out"/> as they are; <paramref name="Console"/> is for what
/// only people look at, and is silent about progress where nobody does.
/// </summary>
/// <param name="Out">Results.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="Console">Tables and progress, on the same stream as <paramref name="Error"/>.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, IAnsiConsole Console)
{
    /// <summary>This process' own streams.</summary>
    public static Terminal OfProcess() => new(
        System.Console.Out,
        System.Console.Error,
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(System.Console.Error) }));
}
