namespace IndustrialTwin.Samples;

/// <summary>
/// The durable log cannot take a write now: its database is down, its disk is full, or its queue is at its limit.
/// Nothing was acknowledged; the caller keeps what it has and tries again.
/// </summary>
[GenerateSerializer, Alias("itwin.log-unavailable")]
public sealed class LogUnavailableException : Exception
{
    /// <summary>Makes the exception.</summary>
    public LogUnavailableException()
    {
    }

    /// <summary>Makes the exception with the reason.</summary>
    public LogUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with the reason and its cause.</summary>
    public LogUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
