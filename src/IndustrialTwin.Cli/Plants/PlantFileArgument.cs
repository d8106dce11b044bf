using System.CommandLine;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Sites;

namespace IndustrialTwin.Plants;

/// <summary>The argument of commands that read a plant file.</summary>
internal sealed class PlantFileArgument
{
    private readonly Argument<string> _file = new("plant.yaml") { Description = "The plant file." };

    public PlantFileArgument(Command command) => command.Arguments.Add(_file);

    /// <summary>Reads the plant, telling every error.</summary>
    /// <returns>The plant, or null where there are errors.</returns>
    public async Task<SiteDeclaration?> ReadAsync(ParseResult parsed, Terminal terminal)
    {
        var file = parsed.GetValue(_file)!;
        if (file.Length == 0)
        {
            throw new CommandFault("The plant file's name is empty; expected a path such as plant.yaml.", ExitCode.Usage);
        }

        var result = PlantFile.Read(file);
        foreach (var error in result.Errors)
        {
            await terminal.Error.WriteLineAsync(error.ToString());
        }

        if (result.Errors.Count > 0)
        {
            await terminal.Error.WriteLineAsync(result.Errors.Count == 1 ? "1 error." : $"{result.Errors.Count} errors.");
        }

        return result.Declaration;
    }
}
