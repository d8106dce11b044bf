namespace IndustrialTwin.Identities;

/// <summary>What somebody showed. The numbers are stored.</summary>
[GenerateSerializer, Alias("itwin.sign-in-way")]
public enum SignInWay
{
    /// <summary>An access key of this installation.</summary>
    Key = 1,

    /// <summary>A token of the identity provider.</summary>
    Provider = 2,
}

/// <summary>How, and when, somebody last showed who it is.</summary>
/// <param name="Way">By what.</param>
/// <param name="AtUs">When, microseconds since 1970-01-01 UTC: when the key was shown, or what the provider says of the person; null where it does not say.</param>
/// <param name="SeveralFactors">Whether with factors of two kinds at least.</param>
/// <param name="Session">The browser's session that came of it, or null.</param>
[GenerateSerializer, Immutable, Alias("itwin.sign-in-proof")]
public sealed record Proof(
    [property: Id(0)] SignInWay Way, [property: Id(1)] long? AtUs, [property: Id(2)] bool SeveralFactors = false, [property: Id(3)] string? Session = null);
