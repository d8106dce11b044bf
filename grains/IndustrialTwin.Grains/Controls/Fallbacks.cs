using IndustrialTwin.Machines;

namespace IndustrialTwin.Controls;

/// <summary>Which loops are in fallback, as events in the log tell. Pure: the same events in the same order give the same loops.</summary>
internal static class Fallbacks
{
    /// <summary>What an event makes of the loops in fallback.</summary>
    /// <param name="known">Those of before.</param>
    /// <param name="happened">The event.</param>
    /// <param name="declaration">What the machine was declared as before the event, or null where it was not.</param>
    public static FallbackState[] After(FallbackState[] known, MachineEvent happened, MachineDeclaration? declaration) => happened switch
    {
        ControlFellBack fell when HasFallback(declaration, fell.Control) && !Array.Exists(known, one => one.Control == fell.Control) =>
            [.. known, new FallbackState(fell.Control, fell.AtUs, fell.Reason, IsSent: false)],
        CommandIssued { Command: { Fallback: not null } command } =>
            [.. known.Select(one => one.Control == command.Control ? one with { IsSent = true } : one)],
        ControlReturned returned => [.. known.Where(one => one.Control != returned.Control)],
        MachineDeclared declared when known.Length > 0 && declaration is not null => Kept(known, DeclarationChange.Between(declaration, declared.Declaration)),
        _ => known,
    };

    private static FallbackState[] Kept(FallbackState[] known, DeclarationChange keeps) => [.. known.Where(one => keeps.Control(one.Control))];

    private static bool HasFallback(MachineDeclaration? declaration, string control) =>
        declaration is not null && Array.Exists(declaration.Controls, one => one.Name == control && one.Fallback is not null);
}
