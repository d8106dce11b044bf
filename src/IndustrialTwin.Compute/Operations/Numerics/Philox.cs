namespace IndustrialTwin.Operations.Numerics;

/// <summary>
/// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3, SC 2011): four random words from a counter
/// and a key, with no state between. So draw n of path p is the same on every device and in any order. Runs in kernels too.
/// </summary>
internal readonly struct Philox(uint first, uint second, uint third, uint fourth)
{
    internal const uint MultiplierA = 0xD2511F53;
    internal const uint MultiplierB = 0xCD9E8D57;
    internal const uint WeylA = 0x9E3779B9;
    internal const uint WeylB = 0xBB67AE85;
    internal const int Rounds = 10;

    public readonly uint First = first;
    public readonly uint Second = second;
    public readonly uint Third = third;
    public readonly uint Fourth = fourth;

    public static Philox Draw(uint counter0, uint counter1, uint counter2, uint counter3, uint key0, uint key1)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var a = (ulong)MultiplierA * counter0;
            var b = (ulong)MultiplierB * counter2;
            counter0 = (uint)(b >> 32) ^ counter1 ^ key0;
            counter2 = (uint)(a >> 32) ^ counter3 ^ key1;
            counter1 = (uint)b;
            counter3 = (uint)a;
            key0 += WeylA;
            key1 += WeylB;
        }

        return new Philox(counter0, counter1, counter2, counter3);
    }

    /// <summary>A whole number below the bound from a random word; the bias is below bound / 2^32.</summary>
    public static int Below(int bound, uint word) => (int)(((ulong)word * (uint)bound) >> 32);
}
