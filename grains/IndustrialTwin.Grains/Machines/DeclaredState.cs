namespace IndustrialTwin.Machines;

/// <summary>
/// The newest declaration that is in the log, which is what new batches are screened by. A twin that catches up with its log still
/// follows an earlier one, or none.
/// </summary>
/// <param name="Declaration">The declaration, or null where there was none yet.</param>
/// <param name="IsRetired">Whether the machine was retired after it.</param>
internal readonly record struct DeclaredState(MachineDeclaration? Declaration, bool IsRetired)
{
    /// <summary>Whether a plant file declares the machine.</summary>
    public bool IsActive => Declaration is not null && !IsRetired;

    /// <summary>What an event makes of it.</summary>
    public DeclaredState After(MachineEvent happened) => happened switch
    {
        MachineDeclared declared => new DeclaredState(MachineTypes.Shared(declared.Declaration), false),
        MachineRetired => this with { IsRetired = true },
        _ => this,
    };
}
