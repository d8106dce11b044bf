namespace IndustrialTwin.Identities;

/// <summary>Verifies the tokens of an identity provider.</summary>
internal interface ITokenProvider
{
    /// <summary>Who a token names, or null where it does not count.</summary>
    /// <exception cref="AccessDeniedException">It counts, but was not got with the factors that its role asks for.</exception>
    ValueTask<Caller?> VerifyAsync(string token, CancellationToken cancellationToken);
}
