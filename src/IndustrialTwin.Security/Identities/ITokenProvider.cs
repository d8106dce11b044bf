namespace IndustrialTwin.Identities;

/// <summary>Verifies the tokens of an identity provider.</summary>
internal interface ITokenProvider
{
    /// <summary>Who a token names, or null where it does not count.</summary>
    ValueTask<Caller?> VerifyAsync(string token, CancellationToken cancellationToken);
}
