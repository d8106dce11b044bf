using System.Text.Json;
using IndustrialTwin.Dashboard;
using IndustrialTwin.Problems;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Identities;

/// <summary>
/// A browser's session: <c>POST session</c> with an access key or a token begins one, <c>GET</c> says whose it is, <c>DELETE</c> ends it,
/// and <c>POST session/active</c> says that somebody is at it: without that it ends by itself. It is a pass in a cookie that scripts
/// cannot read and other sites' pages cannot send.
/// </summary>
internal static class Session
{
    /// <summary>Its path below the API.</summary>
    public const string Path = "/session";

    private const int BodyBytesMax = 16 * 1024;

    public static void MapSession(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost(Path, BeginAsync);
        endpoints.MapGet(Path, Tell);
        endpoints.MapDelete(Path, EndAsync);
        endpoints.MapPost(Path + "/active", Renew);
    }

    /// <summary>The cookie's name. The prefix makes browsers refuse it from anybody but this host over TLS.</summary>
    public static string Name(HttpRequest request) => request.IsHttps ? "__Host-itwin" : "itwin";

    private static async Task<IResult> BeginAsync(HttpContext context, IOptions<DashboardOptions> options, IServiceProvider services, CancellationToken cancellationToken)
    {
        if (services.GetService(typeof(IAccess)) is not IAccess { IsRequired: true } door)
        {
            return DashboardJson.Answer(new { required = false });
        }

        if (!AccessGate.IsOwnPage(context.Request))
        {
            return Problem.Of(StatusCodes.Status403Forbidden, "The request is not allowed", Path, "Sec-Fetch-Site", context.Request.Headers["Sec-Fetch-Site"], "'same-origin': a session begins on this silo's own page");
        }

        var buffer = new byte[BodyBytesMax + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var credential = context.Request.HasJsonContentType() && length <= BodyBytesMax ? Read(buffer.AsSpan(0, length)) : null;
        if (credential is null)
        {
            return Problem.Invalid(Path, "body", null, $"a JSON object with key, at most {BodyBytesMax} bytes");
        }

        Pass session;
        try
        {
            var address = $"{context.Connection.RemoteIpAddress}";
            if (await door.SignInAsync(credential, $"http {address}", cancellationToken) is not { } pass)
            {
                return Problem.Of(StatusCodes.Status401Unauthorized, "That key does not count", Path, "key", "…", "an access key or a token that counts", "The access key or token is unknown, has ended, or was revoked.");
            }

            var request = new SessionRequest(
                address, context.Request.Headers.UserAgent.ToString(), options.Value.SessionLifetime, options.Value.SessionIdleMax, context.Request.Cookies[Name(context.Request)]);
            session = await door.BeginSessionAsync(pass.Caller, request, cancellationToken);
        }
        catch (AccessDeniedException fault)
        {
            return StepUp.Of(context, fault);
        }

        Keep(context, session, options.Value);
        return DashboardJson.Answer(About(session.Caller));
    }

    private static IResult Tell(HttpContext context, IServiceProvider services, IOptions<DashboardOptions> options) =>
        services.GetService(typeof(IAccess)) is not IAccess { IsRequired: true } door ? DashboardJson.Answer(new { required = false })
            : context.Request.Cookies[Name(context.Request)] is { } cookie && door.Verify(cookie) is { } caller ? DashboardJson.Answer(About(caller))
            : DashboardJson.Answer(new { required = true, notice = options.Value.Notice });

    private static NoContent Renew(HttpContext context, IServiceProvider services, IOptions<DashboardOptions> options)
    {
        if (services.GetService(typeof(IAccess)) is IAccess { IsRequired: true } door
            && context.Request.Cookies[Name(context.Request)] is { } cookie && door.Renew(cookie, options.Value.SessionIdleMax) is { } session)
        {
            Keep(context, session, options.Value);
        }

        return TypedResults.NoContent();
    }

    private static void Keep(HttpContext context, Pass session, DashboardOptions options) =>
        context.Response.Cookies.Append(Name(context.Request), session.Text, Cookie(context.Request, options.SessionIdleMax));

    private static async Task<IResult> EndAsync(HttpContext context, IServiceProvider services, CancellationToken cancellationToken)
    {
        if (services.GetService(typeof(IAccess)) is IAccess { IsRequired: true } door && context.Request.Cookies[Name(context.Request)] is { } cookie)
        {
            if (!AccessGate.IsOwnPage(context.Request))
            {
                return Problem.Of(StatusCodes.Status403Forbidden, "The request is not allowed", Path, "Sec-Fetch-Site", context.Request.Headers["Sec-Fetch-Site"], "'same-origin'");
            }

            await door.EndAsync(cookie, cancellationToken);
            context.Response.Cookies.Delete(Name(context.Request), Cookie(context.Request, null));
        }

        return TypedResults.NoContent();
    }

    private static object About(Caller caller) => new { required = true, name = caller.Label, role = caller.Role, scopes = caller.Scopes, tenant = caller.Tenant, way = caller.Proof?.Way, id = caller.Id };

    private static CookieOptions Cookie(HttpRequest request, TimeSpan? lifetime) => new()
    {
        HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = request.IsHttps, Path = "/", MaxAge = lifetime, IsEssential = true,
    };

    private static string? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<Body>(body, DashboardJson.Options)?.Key is { Length: > 0 } key ? key.Trim() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Body(string? Key);
}
