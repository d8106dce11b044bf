namespace IndustrialTwin.Identities;

/// <summary>What is demanded of who signs in, beside a credential that counts.</summary>
[GenerateSerializer, Alias("itwin.sign-in-demand")]
public enum SignInDemand
{
    /// <summary>Nothing more.</summary>
    None = 0,

    /// <summary>To show it again: the last time is too long ago.</summary>
    Recent = 1,

    /// <summary>To show factors of two kinds.</summary>
    SeveralFactors = 2,
}

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

    /// <summary>What would let the caller in, where what it showed is good and yet not enough.</summary>
    [Id(1)]
    public SignInDemand Demand { get; init; }

    /// <summary>How old the last proof of who it is may be, where that is what is demanded.</summary>
    [Id(2)]
    public TimeSpan? ProofAgeMax { get; init; }
}
