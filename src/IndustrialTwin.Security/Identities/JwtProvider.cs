using System.Globalization;
using System.Security.Claims;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace IndustrialTwin.Identities;

/// <summary>
/// Verifies JSON Web Tokens of the configured OpenID Connect provider: issuer, audience, time, and the signature under the provider's
/// published keys, which are read again when they change. Only asymmetric signatures count.
/// </summary>
internal sealed partial class JwtProvider : ITokenProvider
{
    private static readonly string[] Algorithms =
        [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384];

    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = 16 * 1024 };
    private readonly SecurityOptions _rules;
    private readonly ProviderOptions _options;
    private readonly string[] _levels;
    private readonly ConfigurationManager<OpenIdConnectConfiguration>? _configuration;
    private readonly TimeProvider _clock;
    private readonly ILogger<JwtProvider> _logger;

    public JwtProvider(IOptions<SecurityOptions> options, TimeProvider clock, ILogger<JwtProvider> logger)
    {
        (_rules, _options, _clock, _logger) = (options.Value, options.Value.Provider, clock, logger);
        _levels = _options.SeveralFactorsAcr.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (_options.Authority is { Length: > 0 } authority)
        {
            _configuration = new ConfigurationManager<OpenIdConnectConfiguration>(
                authority.TrimEnd('/') + "/.well-known/openid-configuration",
                new OpenIdConnectConfigurationRetriever(),
                new HttpDocumentRetriever { RequireHttps = !new Uri(authority).IsLoopback });
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Caller?> VerifyAsync(string token, CancellationToken cancellationToken)
    {
        if (_configuration is null || !_handler.CanReadToken(token))
        {
            return null;
        }

        OpenIdConnectConfiguration provider;
        try
        {
            provider = await _configuration.GetConfigurationAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidOperationException fault)
        {
            LogAway(_options.Authority!, fault.Message);
            return null;
        }

        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = provider.Issuer,
            ValidAudience = _options.Audience,
            IssuerSigningKeys = provider.SigningKeys,
            ValidAlgorithms = Algorithms,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ClockSkew = Skew,
            LifetimeValidator = (from, until, _, rules) =>
                until > _clock.GetUtcNow().UtcDateTime - rules.ClockSkew && (from is null || from < _clock.GetUtcNow().UtcDateTime + rules.ClockSkew),
        }).ConfigureAwait(false);
        if (!result.IsValid)
        {
            if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
            {
                _configuration.RequestRefresh();
            }

            LogRefused(result.Exception.GetType().Name);
            return null;
        }

        return Read(result.ClaimsIdentity, ((JsonWebToken)result.SecurityToken).ValidTo);
    }

    private Caller? Read(ClaimsIdentity identity, DateTime end)
    {
        var subject = identity.FindFirst("sub")?.Value;
        var role = identity.FindFirst(_options.RoleClaim)?.Value;
        string[] scopes = [.. identity.FindAll(_options.ScopeClaim).SelectMany(claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        if (subject is not { Length: > 0 and <= 256 } || !Enum.TryParse<Role>(role, ignoreCase: true, out var known) || !Enum.IsDefined(known) || known == Role.None || scopes.Length is 0 or > 64)
        {
            return null;
        }

        string[] methods = [.. identity.FindAll("amr").Select(claim => claim.Value)];
        var level = identity.FindFirst("acr")?.Value;
        var hasSeveral = FactorRule.Holds(methods, level, _levels);
        if (!hasSeveral && _rules.AsksSeveralFactors(known))
        {
            throw new AccessDeniedException(
                $"The token of '{subject}' is good, but {known.ToString().ToLowerInvariant()}s must sign in with several factors ({SecurityOptions.Section}:{nameof(SecurityOptions.SeveralFactorsFrom)}): {FactorRule.Tell(methods, level, _levels)}.")
            {
                Demand = SignInDemand.SeveralFactors,
            };
        }

        return new Caller(
            subject, identity.FindFirst("preferred_username")?.Value ?? identity.FindFirst("name")?.Value ?? subject, known, scopes, identity.FindFirst(_options.TenantClaim)?.Value, Us(end),
            new Proof(SignInWay.Provider, SignedInUs(identity), hasSeveral));
    }

    /// <summary>When the person was asked who it is; null where the provider does not say, or says that it is yet to be.</summary>
    private long? SignedInUs(ClaimsIdentity identity) =>
        long.TryParse(identity.FindFirst(_options.SignInTimeClaim)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && DateTimeOffset.FromUnixTimeSeconds(Math.Min(seconds, uint.MaxValue)) is var time && time <= _clock.GetUtcNow() + Skew
            ? Us(time.UtcDateTime)
            : null;

    private static long Us(DateTime time) => (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    [LoggerMessage(1, LogLevel.Warning, "The identity provider at {Authority} cannot be asked for its keys: {Detail}")]
    private partial void LogAway(string authority, string detail);

    [LoggerMessage(2, LogLevel.Information, "A token was refused: {Reason}")]
    private partial void LogRefused(string reason);
}
