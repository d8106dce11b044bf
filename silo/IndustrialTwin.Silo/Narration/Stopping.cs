namespace IndustrialTwin.Narration;

/// <summary>Whether the host has been told to stop. The console asks, and it exists before the host does.</summary>
internal sealed class Stopping
{
    private volatile bool _isStopping;

    /// <summary>Whether it has.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>Says that it has.</summary>
    public void Begin() => _isStopping = true;
}
