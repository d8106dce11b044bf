namespace IndustrialTwin.SampleDriver;

/// <summary>Philox4x32-10 (Salmon, Moraes, Dror and Shaw, SC 2011): four random words for a counter and a key.</summary>
internal static class Philox
{
    private const uint MultiplierA = 0xD2511F53, MultiplierB = 0xCD9E8D57, WeylA = 0x9E3779B9, WeylB = 0xBB67AE85;
    private const int Rounds = 10;

    public static (uint First, uint Second, uint Third, uint Fourth) Draw((uint First, uint Second, uint Third, uint Fourth) counter, long seed)
    {
        var (a, b) = (unchecked((uint)seed), unchecked((uint)(seed >> 32)));
        for (var round = 0; round < Rounds; round++)
        {
            var (x, y) = ((ulong)MultiplierA * counter.First, (ulong)MultiplierB * counter.Third);
            counter = ((uint)(y >> 32) ^ counter.Second ^ a, unchecked((uint)y), (uint)(x >> 32) ^ counter.Fourth ^ b, unchecked((uint)x));
            (a, b) = (unchecked(a + WeylA), unchecked(b + WeylB));
        }

        return counter;
    }
}
