using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using IndustrialTwin.Alarms;
using IndustrialTwin.Analyses;
using IndustrialTwin.Controls;

namespace IndustrialTwin.Machines;

/// <summary>
/// One copy of what all machines of a type have alike. A plant has thousands of machines of a few types; without this each twin
/// would hold its own copy of the same channels, analyses and alarms.
/// </summary>
internal static class MachineTypes
{
    private static readonly ConcurrentDictionary<string, WeakReference<MachineDeclaration>> Known = new();

    /// <summary>The declaration with its arrays replaced by those of an equal one seen before.</summary>
    public static MachineDeclaration Shared(MachineDeclaration declaration)
    {
        var content = new
        {
            declaration.Type,
            declaration.Channels,
            Analyses = declaration.Analyses.Select(Fingerprint),
            declaration.Alarms,
            Controls = declaration.Controls.Select(Fingerprint),
        };
        var hash = Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(content)));
        if (Known.TryGetValue(hash, out var known) && known.TryGetTarget(out var like))
        {
            return declaration with { Type = like.Type, Channels = like.Channels, Analyses = like.Analyses, Alarms = like.Alarms, Controls = like.Controls };
        }

        Known[hash] = new WeakReference<MachineDeclaration>(declaration);
        return declaration;
    }

    /// <summary>Text that is equal for analyses that compute the same from the same channels.</summary>
    public static string Fingerprint(AnalysisDeclaration analysis) =>
        $"{analysis.GetType().Name} {JsonSerializer.Serialize(analysis, analysis.GetType())}";

    /// <summary>Text that is equal for control loops that act alike.</summary>
    public static string Fingerprint(ControlDeclaration control) =>
        $"{JsonSerializer.Serialize(control)} {JsonSerializer.Serialize(control.Law, control.Law.GetType())}";

    /// <summary>Text that is equal for alarms that judge alike.</summary>
    public static string Fingerprint(AlarmDeclaration alarm) => JsonSerializer.Serialize(alarm);
}
