namespace IndustrialTwin.Tenants;

/// <summary>A quota or a limit is used up. Nothing was taken; the caller keeps what it has and comes again later, or asks for more.</summary>
[GenerateSerializer, Alias("itwin.quota-exceeded")]
public sealed class QuotaExceededException : Exception
{
    /// <summary>Makes the exception.</summary>
    public QuotaExceededException()
    {
    }

    /// <summary>Makes the exception with the reason: tenant, quota, value.</summary>
    public QuotaExceededException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with the reason and its cause.</summary>
    public QuotaExceededException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
