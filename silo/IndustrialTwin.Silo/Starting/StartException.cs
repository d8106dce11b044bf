namespace IndustrialTwin.Starting;

/// <summary>The silo cannot start, for a reason that who starts it can see to. The message says which setting, what it is and what was expected.</summary>
internal sealed class StartException(string message, Exception? innerException = null) : Exception(message, innerException);
