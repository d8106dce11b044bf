namespace IndustrialTwin.Devices.Residents;

/// <summary>What a launch does to a device's block before its kernels: first all moves, then all fills. Positions are elements of the block.</summary>
internal sealed class ResidentPlan
{
    /// <summary>Samples that go to the front of their place to make room. A move's source and target never overlap.</summary>
    public List<(int From, int To, int Count)> Moves { get; } = [];

    /// <summary>Samples that come in.</summary>
    public List<(ReadOnlyMemory<float> Samples, int To)> Fills { get; } = [];

    public void Clear()
    {
        Moves.Clear();
        Fills.Clear();
    }
}
