namespace IndustrialTwin.Identities;

/// <summary>
/// The caller may not do that there, or there is no such thing: which of the two is not told. Nothing was done.
/// </summary>
[GenerateSerializer, Alias("itwin.access-denied")]
public sealed class AccessDeniedException : Exception
{
    /// <summary>Makes the exception.</summary>
    public AccessDeniedException()
    {
    }

    /// <summary>Makes the exception with the reason.</summary>
    public AccessDeniedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with the reason and its cause.</summary>
    public AccessDeniedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether the caller is known at all; one who is not signs in first.</summary>
    [Id(0)]
    public bool IsKnown { get; init; }
}
