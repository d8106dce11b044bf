namespace IndustrialTwin.Exposure;

/// <summary>A port of the silo, and how safe it is.</summary>
/// <param name="Name">What it is for, in words.</param>
/// <param name="Setting">The setting that says where it is.</param>
/// <param name="Where">Its value.</param>
/// <param name="IsLoopback">Whether only this computer reaches it.</param>
/// <param name="IsEncrypted">Whether it speaks TLS.</param>
/// <param name="IsAuthenticated">Whether callers must say who they are, or anyone was let in by a setting of its own.</param>
/// <param name="Encryption">How to encrypt it, as what to set.</param>
/// <param name="Authentication">How to ask who calls, as what to set; null where encryption does that too.</param>
internal sealed record Listener(
    string Name, string Setting, string Where, bool IsLoopback, bool IsEncrypted, bool IsAuthenticated, string Encryption, string? Authentication)
{
    public override string ToString() => $"{Name} at {Where}";
}
