using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace IndustrialTwin.Testing;

/// <summary>An OpenID Connect provider on this computer, as far as a silo asks one: what it is called, and its keys.</summary>
internal sealed class TokenIssuer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly RSA _key = RSA.Create(2048);

    public TokenIssuer()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Authority = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add(Authority + "/");
        _listener.Start();
        _ = AnswerAsync();
    }

    public string Authority { get; }

    /// <summary>A token for a person who signed in some time ago, with some methods.</summary>
    public string Token(string who, string role, TimeSpan signedInAgo, params string[] methods)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = Authority, ["aud"] = "plant", ["sub"] = who, ["preferred_username"] = who, ["itwin_role"] = role, ["itwin_scope"] = "*",
            ["iat"] = now, ["exp"] = now + 3_600, ["auth_time"] = now - (long)signedInAgo.TotalSeconds, ["amr"] = methods, ["jti"] = Guid.NewGuid().ToString("N"),
        };
        var head = $"{Text(new { alg = "RS256", typ = "JWT", kid = "one" })}.{Text(claims)}";
        return $"{head}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(head), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    public void Dispose()
    {
        _listener.Close();
        _key.Dispose();
    }

    private static string Text<T>(T value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));

    private async Task AnswerAsync()
    {
        try
        {
            var key = _key.ExportParameters(false);
            while (true)
            {
                var context = await _listener.GetContextAsync();
                var body = context.Request.Url!.AbsolutePath.EndsWith("openid-configuration", StringComparison.Ordinal)
                    ? $$"""{"issuer":"{{Authority}}","jwks_uri":"{{Authority}}/keys"}"""
                    : $$"""{"keys":[{"kty":"RSA","kid":"one","use":"sig","n":"{{Base64Url.EncodeToString(key.Modulus)}}","e":"{{Base64Url.EncodeToString(key.Exponent)}}"}]}""";
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
