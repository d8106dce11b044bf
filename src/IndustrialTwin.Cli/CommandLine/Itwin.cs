using System.CommandLine;
using System.CommandLine.Invocation;
using IndustrialTwin.Certificates;

namespace IndustrialTwin.CommandLine;

/// <summary>The command <c>itwin</c>: finds out which command is meant, runs it, and turns how it ended into an exit code.</summary>
internal static class Itwin
{
    private const string Description = """
        Plants, twins, alarms and replays of recorded data on an IndustrialTwin grid.

        Exit codes: 0 done; 1 refused (wrong input, no such thing); 2 the command line could not be understood;
        3 a silo or broker could not be reached or did not answer in time; 4 sign in first; 5 not allowed;
        130 interrupted.
        """;

    /// <summary>Runs one command line to its end.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken cancellationToken = default)
    {
        var root = new RootCommand(Description);
        root.Options.Add(CertificatesOption.Option);
        foreach (var command in CommandList.All(terminal))
        {
            root.Subcommands.Add(command);
        }

        var parsed = root.Parse(args);
        try
        {
            var code = await parsed.InvokeAsync(
                new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false },
                cancellationToken);
            return parsed.Action is ParseErrorAction ? ExitCode.Usage : code;
        }
        catch (CommandFault fault)
        {
            await terminal.Error.WriteLineAsync(fault.Message);
            return fault.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await terminal.Error.WriteLineAsync("Interrupted.");
            return ExitCode.Interrupted;
        }
    }
}
