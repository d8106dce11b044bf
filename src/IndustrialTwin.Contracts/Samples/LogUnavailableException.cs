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

    /// <summary>
    /// Whether the write may have been committed all the same: the database failed while it committed. What became of it is known to
    /// who claims the machine next, and to who writes the same again.
    /// </summary>
    [Id(0)]
    public bool IsInDoubt { get; init; }

    /// <summary>Makes the exception with the reason and its cause.</summary>
    public LogUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
