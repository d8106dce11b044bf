using System.CommandLine;
using IndustrialTwin.Plants;
using IndustrialTwin.Replay;

namespace IndustrialTwin.CommandLine;

/// <summary>Every command there is, in the order of the help. A new command is a class in its noun's folder and a line here.</summary>
internal static class CommandList
{
    public static IEnumerable<Command> All(Terminal terminal) =>
    [
        new ValidateCommand(terminal),
        new ApplyCommand(terminal),
        new ReplayCommand(terminal),
    ];
}
