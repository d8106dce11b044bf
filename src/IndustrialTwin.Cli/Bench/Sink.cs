using System.Runtime.CompilerServices;

namespace IndustrialTwin.Bench;

/// <summary>Keeps results from being optimised away.</summary>
internal static class Sink
{
    private static double _kept;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Keep(double value) => _kept = value;
}
