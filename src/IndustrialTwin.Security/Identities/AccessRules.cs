using System.Collections.Concurrent;
using System.Reflection;

namespace IndustrialTwin.Identities;

/// <summary>What a method of a grain interface demands. Reflection is asked once for each method.</summary>
internal static class AccessRules
{
    private static readonly ConcurrentDictionary<MethodInfo, AccessAttribute> Known = new();

    private static readonly InternalOnlyAttribute Undeclared = new();

    /// <summary>The method's declaration; one without is internal.</summary>
    public static AccessAttribute Of(MethodInfo method) =>
        Known.GetOrAdd(method, static asked => asked.GetCustomAttribute<AccessAttribute>() ?? Undeclared);
}
