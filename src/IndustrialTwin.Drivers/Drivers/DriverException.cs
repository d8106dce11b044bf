namespace IndustrialTwin.Drivers;

/// <summary>A driver cannot be reached, or does not do what the protocol says.</summary>
public sealed class DriverException(string message, Exception? cause = null) : Exception(message, cause);
