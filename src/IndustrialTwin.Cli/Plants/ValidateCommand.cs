using System.CommandLine;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Plants;

/// <summary><c>itwin validate</c>: says what is wrong with a plant file, without a grid.</summary>
internal sealed class ValidateCommand : Command
{
    public ValidateCommand(Terminal terminal)
        : base("validate", "Checks a plant file: every error with its file, line, path, value and what was expected.")
    {
        var file = new PlantFileArgument(this);
        SetAction(async (parsed, _) =>
        {
            if (await file.ReadAsync(parsed, terminal) is not { } site)
            {
                return ExitCode.Refused;
            }

            var machines = site.Lines.Sum(line => line.Machines.Length);
            await terminal.Out.WriteLineAsync($"'{site.Title}' (site {site.Site}) is good: {site.Lines.Length} lines, {machines} machines.");
            return ExitCode.Done;
        });
    }
}
