using System.Reflection;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Starting;
using Orleans.Serialization.Configuration;

namespace IndustrialTwin.Kernels;

/// <summary>Finds and makes the bindings of an assembly: all public classes that derive from <see cref="KernelBinding"/>.</summary>
internal static class KernelTypes
{
    /// <summary>What the product's own wire identities begin with.</summary>
    private const string OwnAlias = "itwin.";

    /// <summary>Makes the bindings.</summary>
    /// <exception cref="StartException">There is none, or one is not as it must be; the message names assembly, type and what was expected.</exception>
    public static IReadOnlyList<KernelBinding> BindingsOf(Assembly assembly, string setting)
    {
        Type[] types;
        try
        {
            types = assembly.GetExportedTypes();
        }
        catch (Exception fault) when (fault is IOException or TypeLoadException or BadImageFormatException)
        {
            throw new StartException($"{setting}: the types of '{assembly.GetName().Name}' cannot be loaded ({fault.Message.TrimEnd('.')}).", fault);
        }

        return BindingsOf(types, assembly.GetName().Name!, setting);
    }

    /// <summary>The same of some types of an assembly.</summary>
    public static IReadOnlyList<KernelBinding> BindingsOf(IEnumerable<Type> types, string assembly, string setting)
    {
        KernelBinding[] bindings = [.. types.Where(type => type is { IsAbstract: false, ContainsGenericParameters: false } && type.IsAssignableTo(typeof(KernelBinding)))
            .OrderBy(type => type.FullName, StringComparer.Ordinal).Select(type => Make(type, $"{setting}: {type.FullName} of the assembly '{assembly}'"))];
        return bindings.Length > 0 ? bindings : throw new StartException(
            $"{setting}: the assembly '{assembly}' has no kernel; expected a public class that derives from {typeof(KernelBinding).FullName}.");
    }

    private static KernelBinding Make(Type type, string subject)
    {
        if (type.GetConstructor([]) is not { } constructor)
        {
            throw new StartException($"{subject} has no public constructor without parameters; expected one.");
        }

        KernelBinding binding;
        try
        {
            binding = (KernelBinding)constructor.Invoke([]);
            _ = (binding.Name, binding.OperationType, binding.IsSliced);
        }
        catch (Exception fault)
        {
            // Whatever another's code throws, who starts the silo is told whose it was.
            var cause = fault is TargetInvocationException { InnerException: { } inner } ? inner : fault;
            throw new StartException($"{subject} cannot be made ({cause.GetType().Name}: {cause.Message.TrimEnd('.')}).", fault);
        }

        Check(binding.RequestType, subject);
        return binding;
    }

    /// <summary>A request has to cross wires, under a name that is no part of the product's.</summary>
    private static void Check(Type request, string subject)
    {
        if (request.Assembly.GetCustomAttribute<TypeManifestProviderAttribute>() is null || !request.IsDefined(typeof(GenerateSerializerAttribute), inherit: false))
        {
            throw new StartException(
                $"{subject} takes the request {request.FullName}, which cannot cross wires; expected [GenerateSerializer] on it, in a project that references Microsoft.Orleans.Sdk.");
        }

        if (request.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias is var alias
            && (string.IsNullOrEmpty(alias) || alias.StartsWith(OwnAlias, StringComparison.Ordinal)) && request.Assembly != typeof(ComputeRequest).Assembly)
        {
            throw new StartException(
                $"{subject} takes the request {request.FullName} with {(string.IsNullOrEmpty(alias) ? "no alias" : $"the alias '{alias}'")}; "
                + $"expected [Alias] with a name of your own, which does not begin with '{OwnAlias}'.");
        }
    }
}
