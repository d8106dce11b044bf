namespace IndustrialTwin.Gameday;

/// <summary>A drill cannot be carried out on this machine; the message says why.</summary>
internal sealed class DrillNotHereException(string message) : Exception(message);
