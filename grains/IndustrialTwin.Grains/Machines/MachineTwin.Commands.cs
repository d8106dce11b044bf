using IndustrialTwin.Controls;

namespace IndustrialTwin.Machines;

/// <content>What the machine was commanded.</content>
internal sealed partial class MachineTwin
{
    private const int CommandsKept = 16;

    /// <summary>The newest commands of interlocks and fallbacks, the oldest first.</summary>
    public MachineCommand[] Commands { get; private set; }

    /// <summary>The control loops that are in fallback.</summary>
    public FallbackState[] Fallbacks { get; private set; }

    public void Apply(CommandIssued issued)
    {
        Commands = [.. Commands.TakeLast(CommandsKept - 1), issued.Command];
        Fallbacks = Controls.Fallbacks.After(Fallbacks, issued, Declaration);
    }

    public void Apply(ControlFellBack fell)
    {
        Fallbacks = Controls.Fallbacks.After(Fallbacks, fell, Declaration);
        JudgeOf(ControlFallback.AlarmOf(fell.Control))?.Judge(fell.AtUs, 1);
    }

    public void Apply(ControlReturned returned)
    {
        Fallbacks = Controls.Fallbacks.After(Fallbacks, returned, Declaration);
        JudgeOf(ControlFallback.AlarmOf(returned.Control))?.Judge(returned.AtUs, 0);
    }
}
