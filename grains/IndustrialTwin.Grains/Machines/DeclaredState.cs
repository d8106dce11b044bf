using IndustrialTwin.Controls;

namespace IndustrialTwin.Machines;

/// <summary>
/// The newest declaration that is in the log, which is what new batches are screened by, and what must be known of its control loops. A
/// twin that catches up with its log still follows an earlier one, or none.
/// </summary>
/// <param name="Declaration">The declaration, or null where there was none yet.</param>
/// <param name="IsRetired">Whether the machine was retired after it.</param>
/// <param name="Fallen">The control loops that are in fallback; null where there are none.</param>
internal readonly record struct DeclaredState(MachineDeclaration? Declaration, bool IsRetired, FallbackState[]? Fallen)
{
    /// <summary>Whether a plant file declares the machine.</summary>
    public bool IsActive => Declaration is not null && !IsRetired;

    /// <summary>The control loops that are in fallback.</summary>
    public FallbackState[] Fallbacks => Fallen ?? [];

    /// <summary>As a twin knows it.</summary>
    public static DeclaredState Of(MachineTwin twin) => new(twin.Declaration, twin.IsRetired, twin.Fallbacks);

    /// <summary>What an event makes of it.</summary>
    public DeclaredState After(MachineEvent happened)
    {
        var fallen = Controls.Fallbacks.After(Fallbacks, happened, Declaration);
        return happened switch
        {
            MachineDeclared declared => new DeclaredState(MachineTypes.Shared(declared.Declaration), false, fallen),
            MachineRetired => this with { IsRetired = true, Fallen = fallen },
            _ => this with { Fallen = fallen },
        };
    }
}
