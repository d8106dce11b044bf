namespace IndustrialTwin.CommandLine;

/// <summary>Where something listens.</summary>
/// <param name="Host">A name or an address.</param>
/// <param name="Port">A port, 1 to 65535.</param>
internal sealed record Endpoint(string Host, int Port)
{
    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
