using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace IndustrialTwin.Identities;

/// <summary>Tokens of an OpenID Connect provider that answers on this computer, with keys of the test's own.</summary>
public sealed class JwtProviderTests : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly RsaSecurityKey _key = new(RSA.Create(2048)) { KeyId = "one" };
    private readonly string _authority;
    private readonly JwtProvider _provider;

    public JwtProviderTests()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            _authority = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add(_authority + "/");
        _listener.Start();
        _ = AnswerAsync();
        var options = new SecurityOptions { Provider = new ProviderOptions { Authority = _authority, Audience = "plant" } };
        _provider = new JwtProvider(Options.Create(options), TimeProvider.System, NullLogger<JwtProvider>.Instance);
    }

    public void Dispose()
    {
        _listener.Stop();
        _listener.Close();
    }

    [Fact]
    public async Task A_token_of_the_provider_is_a_caller_with_its_role_scopes_and_tenant()
    {
        var caller = await VerifyAsync(Token());
        Assert.Equal(("u-1", "li.wei", Role.Operator, "alpha"), (caller!.Id, caller.Name, caller.Role, caller.Tenant));
        Assert.Equal(["wuhan/line-3", "wuhan/line-4"], caller.Scopes);
    }

    [Fact]
    public async Task A_token_that_is_not_as_it_must_be_is_nobody()
    {
        var now = DateTime.UtcNow;
        var foreign = new RsaSecurityKey(RSA.Create(2048)) { KeyId = "one" };
        var shared = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(Convert.ToBase64String(_key.Rsa.ExportSubjectPublicKeyInfo())));
        string[] tokens =
        [
            Token(issuer: "https://elsewhere.example"), Token(audience: "another"), Token(ends: now.AddMinutes(-2)), Token(begins: now.AddMinutes(5), ends: now.AddMinutes(9)),
            Token(key: foreign), Token(role: "king"), Token(role: "0"), Token(role: null), Token(scope: null), Token(subject: null),
            Token(signing: new SigningCredentials(shared, SecurityAlgorithms.HmacSha256)), Unsigned(), Token()[..^5] + "AAAAA", string.Empty, "x.y.z", new string('x', 100_000),
        ];
        foreach (var token in tokens)
        {
            Assert.Null(await VerifyAsync(token));
        }
    }

    [Fact]
    public async Task Without_a_provider_no_token_counts()
    {
        var none = new JwtProvider(Options.Create(new SecurityOptions()), TimeProvider.System, NullLogger<JwtProvider>.Instance);
        Assert.Null(await none.VerifyAsync(Token(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Nothing_that_a_token_gives_outlasts_it()
    {
        var end = new DateTime(DateTime.UtcNow.AddMinutes(2).Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, DateTimeKind.Utc);
        var caller = await VerifyAsync(Token(ends: end));
        var endUs = (end - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        Assert.Equal(endUs, caller!.UntilUs);
        var seal = new PassSeal([new byte[32]]);
        using var book = new AccessBook(null!, Options.Create(new SecurityOptions()), TimeProvider.System, NullLogger<AccessBook>.Instance);
        var door = new Access(seal, book, _provider, null!, null!, Options.Create(new SecurityOptions()), TimeProvider.System);
        var session = door.Issue(caller, TimeSpan.FromHours(8));
        Assert.Equal(endUs, session.ExpiresUs);
        Assert.Equal(endUs, door.Renew(session.Text, TimeSpan.FromHours(8))!.ExpiresUs);
        Assert.True(door.Issue(door.Verify(session.Text)!, TimeSpan.FromHours(8)).ExpiresUs <= endUs);
        Assert.Null(door.Verify(door.Issue(caller with { UntilUs = 1 }, TimeSpan.FromHours(8)).Text));
    }

    [Fact]
    public async Task A_provider_that_is_away_lets_nobody_in()
    {
        _listener.Stop();
        Assert.Null(await VerifyAsync(Token()));
    }

    private ValueTask<Caller?> VerifyAsync(string token) => _provider.VerifyAsync(token, TestContext.Current.CancellationToken);

    private string Token(
        string? issuer = null, string audience = "plant", DateTime? begins = null, DateTime? ends = null, SecurityKey? key = null, string? role = "operator", string? scope = "wuhan/line-3 wuhan/line-4",
        string? subject = "u-1", SigningCredentials? signing = null)
    {
        var claims = new Dictionary<string, object> { ["preferred_username"] = "li.wei", ["itwin_tenant"] = "alpha" };
        foreach (var (name, value) in ((string, string?)[])[("sub", subject), ("itwin_role", role), ("itwin_scope", scope)])
        {
            if (value is not null)
            {
                claims[name] = value;
            }
        }

        var end = ends ?? DateTime.UtcNow.AddMinutes(5);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer ?? _authority, Audience = audience, Expires = end, NotBefore = begins ?? end.AddHours(-1), Claims = claims,
            SigningCredentials = signing ?? new SigningCredentials(key ?? _key, SecurityAlgorithms.RsaSha256),
        });
    }

    private string Unsigned()
    {
        var parts = Token().Split('.');
        return $"{Base64UrlEncoder.Encode("{\"alg\":\"none\"}")}.{parts[1]}.";
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                var jwk = JsonWebKeyConverter.ConvertFromRSASecurityKey(_key);
                var body = context.Request.Url!.AbsolutePath.EndsWith("openid-configuration", StringComparison.Ordinal)
                    ? $$"""{"issuer":"{{_authority}}","jwks_uri":"{{_authority}}/keys"}"""
                    : $$"""{"keys":[{"kty":"RSA","kid":"one","use":"sig","n":"{{jwk.N}}","e":"{{jwk.E}}"}]}""";
                context.Response.ContentType = "application/json";
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
                context.Response.Close();
            }
        }
        catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
        {
        }
    }
}
