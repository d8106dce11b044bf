namespace IndustrialTwin.Identities;

/// <summary>How a method's target must lie to a caller's scope.</summary>
public enum Reach
{
    /// <summary>The target's key lies within the scope.</summary>
    Within,

    /// <summary>As <see cref="Within"/>, or the scope lies below the target: then the answer is narrowed to what the caller may see.</summary>
    Part,

    /// <summary>Anywhere: what is told is no site's own; an answer that names sites is narrowed.</summary>
    Anywhere,

    /// <summary>The scope is everything.</summary>
    Everything,
}

/// <summary>What a grain method demands of who calls it from outside the silos. Every method declares one of the three.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class AccessAttribute : Attribute;

/// <summary>Callers need a role, within the reach of their scope.</summary>
/// <param name="role">The least role; <see cref="Role.Device"/> means devices, and engineers and above.</param>
/// <param name="reach">How the target must lie to the scope.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresRoleAttribute(Role role, Reach reach = Reach.Within) : AccessAttribute
{
    /// <summary>The least role.</summary>
    public Role Role => role;

    /// <summary>How the target must lie to the scope.</summary>
    public Reach Reach => reach;

    /// <summary>Whether a call stands in the audit log before it is carried out.</summary>
    public bool Audited { get; init; }

    /// <summary>Whether the caller must have shown lately who it is: what gives power away, or changes what others rely on.</summary>
    public bool Fresh { get; init; }
}

/// <summary>Silos call it among themselves; nobody else may.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InternalOnlyAttribute : AccessAttribute;

/// <summary>Anybody may call it: it is the door.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OpenToAllAttribute : AccessAttribute;

/// <summary>An answer that names what not every caller may see.</summary>
public interface INarrowed
{
    /// <summary>The same answer with only what the caller sees.</summary>
    object Narrow(Caller caller);
}
