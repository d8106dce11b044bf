using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using IndustrialTwin.Audit;
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
        _provider = Provider();
    }

    public void Dispose()
    {
        if (_listener.IsListening)
        {
            _listener.Close(); // Once: what is stopped already would take its port anew to give it back.
        }
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
        var door = new Access(seal, book, _provider, null!, null!, null!, null!, Options.Create(new SecurityOptions()), TimeProvider.System);
        var session = door.Issue(caller, TimeSpan.FromHours(8));
        Assert.Equal(endUs, session.ExpiresUs);
        Assert.Equal(endUs, door.Renew(session.Text, TimeSpan.FromHours(8))!.ExpiresUs);
        Assert.True(door.Issue(door.Verify(session.Text)!, TimeSpan.FromHours(8)).ExpiresUs <= endUs);
        Assert.Null(door.Verify(door.Issue(caller with { UntilUs = 1 }, TimeSpan.FromHours(8)).Text));
    }

    [Theory]
    [InlineData(null, "engineer", "mfa", null, true)]
    [InlineData(null, "engineer", "pwd otp", null, true)]
    [InlineData(null, "administrator", "hwk fpt", null, true)]
    [InlineData(null, "engineer", "pwd", "gold", true)]
    [InlineData(null, "engineer", "pwd", "silver", false)]
    [InlineData(null, "engineer", "pwd pin kba", null, false)] // Three of one kind are one factor.
    [InlineData(null, "engineer", "pwd rba geo", null, false)] // Where somebody is, is no factor.
    [InlineData(null, "administrator", "otp", null, false)]
    [InlineData(null, "administrator", null, null, false)]
    [InlineData(null, "operator", "pwd", null, true)]
    [InlineData(null, "device", null, null, true)]
    [InlineData(Role.Viewer, "viewer", "pwd", null, false)]
    [InlineData(Role.Viewer, "viewer", "pwd sms", null, true)]
    [InlineData(Role.Viewer, "device", null, null, true)]
    [InlineData(Role.None, "administrator", "pwd", null, true)]
    public async Task Who_must_show_several_factors_is_let_in_with_them_alone_and_told_what_came(Role? from, string role, string? methods, string? level, bool isLet)
    {
        var provider = Provider(from);
        var token = Token(role: role, methods: methods?.Split(' '), level: level);
        if (isLet)
        {
            Assert.NotNull(await provider.VerifyAsync(token, TestContext.Current.CancellationToken));
            return;
        }

        var fault = await Assert.ThrowsAsync<AccessDeniedException>(() => provider.VerifyAsync(token, TestContext.Current.CancellationToken).AsTask());
        Assert.Equal(SignInDemand.SeveralFactors, fault.Demand);
        Assert.Contains("expected amr with 'mfa' or with methods of two kinds, or acr of gold, platinum", fault.Message, StringComparison.Ordinal);
        Assert.Contains($"came amr {(methods is null ? "missing" : $"'{methods}'")}, acr {(level is null ? "missing" : $"'{level}'")}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_a_person_signed_in_is_what_the_provider_says_and_not_when_the_token_was_made()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Assert.Equal((now - 3_000) * 1_000_000, (await VerifyAsync(Token(signedIn: now - 3_000)))!.Proof!.AtUs);
        Assert.Null((await VerifyAsync(Token()))!.Proof!.AtUs);
        Assert.Null((await VerifyAsync(Token(signedIn: now + 3_600)))!.Proof!.AtUs);
        Assert.Null((await VerifyAsync(Token(signedIn: -5)))!.Proof!.AtUs);
    }

    [Fact]
    public async Task A_local_key_alone_begins_no_session_of_who_must_show_several_factors()
    {
        var options = Options.Create(new SecurityOptions { SeveralFactorsFrom = Role.Engineer });
        var log = new Kept();
        using var book = new AccessBook(null!, options, TimeProvider.System, NullLogger<AccessBook>.Instance);
        var door = new Access(new PassSeal([new byte[32]]), book, _provider, new AuditGate(log, TimeProvider.System, NullLogger<AuditGate>.Instance), null!, null!, null!, options, TimeProvider.System);
        var caller = new Caller("key-1", "Li Wei", Role.Engineer, ["wuhan"], Proof: new Proof(SignInWay.Key, 1));
        var fault = await Assert.ThrowsAsync<AccessDeniedException>(
            () => door.BeginSessionAsync(caller, new SessionRequest("10.0.0.7", "x", TimeSpan.FromHours(1), TimeSpan.FromHours(1)), TestContext.Current.CancellationToken).AsTask());
        Assert.Equal(SignInDemand.SeveralFactors, fault.Demand);
        Assert.Contains("what came is one: an access key", fault.Message, StringComparison.Ordinal);
        Assert.Equal(("session.begin", AuditOutcome.Denied), (Assert.Single(log.Events).What, log.Events[0].Outcome));
    }

    [Fact]
    public async Task A_provider_that_is_away_lets_nobody_in()
    {
        _listener.Stop();
        Assert.Null(await VerifyAsync(Token()));
    }

    private JwtProvider Provider(Role? from = null) => new(
        Options.Create(new SecurityOptions { SeveralFactorsFrom = from, Provider = new ProviderOptions { Authority = _authority, Audience = "plant", SeveralFactorsAcr = "gold platinum" } }),
        TimeProvider.System, NullLogger<JwtProvider>.Instance);

    private ValueTask<Caller?> VerifyAsync(string token) => _provider.VerifyAsync(token, TestContext.Current.CancellationToken);

    private string Token(
        string? issuer = null, string audience = "plant", DateTime? begins = null, DateTime? ends = null, SecurityKey? key = null, string? role = "operator", string? scope = "wuhan/line-3 wuhan/line-4",
        string? subject = "u-1", SigningCredentials? signing = null, string[]? methods = null, string? level = null, long? signedIn = null)
    {
        var claims = new Dictionary<string, object> { ["preferred_username"] = "li.wei", ["itwin_tenant"] = "alpha" };
        foreach (var (name, value) in ((string, string?)[])[("sub", subject), ("itwin_role", role), ("itwin_scope", scope)])
        {
            if (value is not null)
            {
                claims[name] = value;
            }
        }

        foreach (var (name, value) in ((string, object?)[])[("amr", methods), ("acr", level), ("auth_time", signedIn)])
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

    private sealed class Kept : IAuditLog
    {
        public List<AuditEvent> Events { get; } = [];

        public ValueTask AppendAsync(AuditEvent happened, CancellationToken cancellationToken = default)
        {
            Events.Add(happened);
            return ValueTask.CompletedTask;
        }

        public ValueTask<IReadOnlyList<AuditRecord>> ReadAsync(long fromNumber, int recordsMax, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<AuditVerdict> VerifyAsync(AuditHead? anchor, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
