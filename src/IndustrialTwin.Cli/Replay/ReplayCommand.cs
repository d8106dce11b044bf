using System.CommandLine;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Replay.Nab;
using IndustrialTwin.Replay.Skab;

namespace IndustrialTwin.Replay;

/// <summary><c>itwin replay</c>: sends recorded data through MQTT as if it were measured now, and scores what the twins made of it.</summary>
internal sealed class ReplayCommand : Command
{
    public ReplayCommand(Terminal terminal)
        : base("replay", "Sends recorded data over MQTT; the twins analyse it, and their results are read back and scored.")
    {
        Subcommands.Add(new SkabCommand(terminal));
        Subcommands.Add(new NabCommand(terminal));
    }
}
