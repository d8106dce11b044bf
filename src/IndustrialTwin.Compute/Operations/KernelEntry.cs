using System.Reflection;

namespace IndustrialTwin.Operations;

/// <summary>A kernel method of an ILGPU form.</summary>
/// <param name="Method">A static method.</param>
/// <param name="IsGrouped">Whether it is launched with an explicit group size, and may use barriers and shared memory.</param>
public readonly record struct KernelEntry(MethodInfo Method, bool IsGrouped);
