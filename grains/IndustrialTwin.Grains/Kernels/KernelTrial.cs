using IndustrialTwin.Accelerators;
using IndustrialTwin.Work;

namespace IndustrialTwin.Kernels;

/// <summary>
/// Measures what launches of a kernel cost a device before any work of it has come, so that the first requests are admitted and placed
/// by something better than a guess. What is computed is noise and goes nowhere.
/// </summary>
internal static class KernelTrial
{
    private const int Passes = 3;

    /// <summary>Bytes that a trial's launch moves at most.</summary>
    private const long BytesMax = 1 << 22;

    /// <summary>Milliseconds after which a launch of one unit is a long one: sizes then grow by steps.</summary>
    private const double LongMs = 1;

    /// <summary>Milliseconds after which a trial tries nothing larger: a device does nothing else during a launch, be it of control.</summary>
    private const double LongestMs = 20;

    /// <summary>Milliseconds after which one measurement is enough.</summary>
    private const double EnoughMs = 1_000;

    /// <summary>Runs launches of several sizes, the first one for the device to compile it. What the kernel's name does not tell is not tried.</summary>
    public static async Task RunAsync(
        KernelBinding binding, string kernel, DeviceRun device, KernelCosts costs, int unitsMax, CancellationToken cancellationToken)
    {
        if (await NoiseAsync(1) is not { } smallest || await LaunchAsync(smallest) is null)
        {
            return;
        }

        var largest = (int)Math.Clamp(BytesMax / Math.Max(1, binding.DemandOf(smallest).PayloadBytes), 1, unitsMax);
        int[] sizes = [1, Math.Max(1, largest / 8), Math.Max(1, largest / 2)];
        for (var pass = 0; pass < Passes; pass++)
        {
            for (var i = 0; i < sizes.Length; i++)
            {
                if (await NoiseAsync(sizes[i]) is not { } request || await LaunchAsync(request) is not { } reply)
                {
                    return;
                }

                if (reply.LaunchJobs == 1)
                {
                    costs.Observe(kernel, sizes[i], TimeSpan.FromMilliseconds(reply.LaunchMs));
                }

                if (reply.LaunchMs > EnoughMs)
                {
                    return;
                }

                if (i == 0 && reply.LaunchMs > LongMs)
                {
                    (sizes[1], sizes[2]) = (Math.Min(sizes[1], 8), Math.Min(sizes[2], 64));
                }

                if (reply.LaunchMs > LongestMs)
                {
                    Array.Fill(sizes, sizes[i], i, sizes.Length - i);
                }
            }
        }

        // A grain's thread has better to do than to make millions of numbers.
        Task<ComputeRequest?> NoiseAsync(int units) => Task.Run(() => binding.NoiseOf(kernel, units), cancellationToken);

        // Null where it did not run, and nothing can be said.
        async Task<ComputeReply?> LaunchAsync(ComputeRequest request)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var reply = await device.TryRunAsync(request with { Class = ComputeClass.Deferrable });
            return reply.Outcome == ComputeOutcome.Done ? reply : null;
        }
    }
}
