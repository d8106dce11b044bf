using System.Numerics;
using System.Reflection;
using ILGPU.Runtime;

namespace IndustrialTwin.Operations;

/// <summary>Group sizes of kernels that reduce by a tree in shared memory.</summary>
public static class KernelGroups
{
    /// <summary>Threads in a group at most, and the length of a kernel's shared arrays. A power of two.</summary>
    public const int ThreadsMax = 128;

    /// <summary>The one group size used on a device, a power of two; another size would compile every kernel again.</summary>
    public static int ThreadsOn(Accelerator accelerator)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        return (int)Math.Min(ThreadsMax, 1u << BitOperations.Log2((uint)accelerator.MaxNumThreadsPerGroup));
    }

    /// <summary>A kernel launched with an explicit group size.</summary>
    /// <param name="form">The class that has it.</param>
    /// <param name="name">A static method.</param>
    public static KernelEntry Grouped(Type form, string name) => new(Method(form, name), IsGrouped: true);

    /// <summary>A kernel launched over an index.</summary>
    /// <param name="form">The class that has it.</param>
    /// <param name="name">A static method whose first parameter is the index.</param>
    public static KernelEntry Indexed(Type form, string name) => new(Method(form, name), IsGrouped: false);

    private static MethodInfo Method(Type form, string name)
    {
        ArgumentNullException.ThrowIfNull(form);
        return form.GetMethod(name, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            ?? throw new ArgumentException($"{form.Name} has no static method '{name}'.", nameof(name));
    }
}
