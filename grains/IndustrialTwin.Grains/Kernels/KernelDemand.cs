namespace IndustrialTwin.Kernels;

/// <summary>What a request asks of a device: the kernel that it can share a launch of, and how much of it.</summary>
/// <param name="Kernel">Operation and shape.</param>
/// <param name="Units">Its amount, in units of which a kernel's launches take a time each that does not depend on the request.</param>
/// <param name="PayloadBytes">What would have to be moved to a device, bytes.</param>
/// <param name="IsBatched">Whether requests of the kernel gain by a shared launch; one that does not is bid for.</param>
/// <param name="IsSliced">Whether a device lets more urgent work pass between its slices, so that it is as good as free meanwhile.</param>
public readonly record struct KernelDemand(string Kernel, int Units, long PayloadBytes, bool IsBatched, bool IsSliced = false);
