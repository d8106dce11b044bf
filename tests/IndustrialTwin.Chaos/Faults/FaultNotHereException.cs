namespace IndustrialTwin.Chaos;

/// <summary>This machine lacks what a fault needs; the message says what.</summary>
internal sealed class FaultNotHereException(string reason) : Exception(reason);
