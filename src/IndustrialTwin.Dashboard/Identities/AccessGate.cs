using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using IndustrialTwin.Dashboard;
using IndustrialTwin.Pages;
using IndustrialTwin.Problems;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace IndustrialTwin.Identities;

/// <summary>
/// Stands before every HTTP request: finds out who makes it, by an access key, a token or a browser's session, and lets what it calls
/// carry that caller's pass. Without one only the page's files, the probes and the sign-in itself are open. It also holds each identity
/// to its rate.
/// </summary>
internal sealed class AccessGate : IDisposable
{
    private const int KnownMax = 4_096;
    private const int CredentialLengthMax = 16 * 1024;
    private const string Bearer = "Bearer ";

    private readonly IAccess? _door;
    private readonly ConcurrentDictionary<string, Pass> _known = new();
    private readonly PartitionedRateLimiter<string> _requests;
    private readonly PartitionedRateLimiter<string> _signIns;

    public AccessGate(IOptions<DashboardOptions> options, IAccess? door = null)
    {
        _door = door;
        _requests = Limiter(options.Value.RequestsPerSecondMax, 2 * options.Value.RequestsPerSecondMax, TimeSpan.FromSeconds(1));
        _signIns = Limiter(options.Value.SignInsPerMinuteMax, options.Value.SignInsPerMinuteMax, TimeSpan.FromMinutes(1));
    }

    /// <summary>Who makes a request; null where nobody has to say.</summary>
    public static Caller? CallerOf(HttpContext context) => context.Items.TryGetValue(typeof(Caller), out var caller) ? (Caller)caller! : null;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments(DashboardHosting.ApiPrefix))
        {
            context.Response.Headers.CacheControl = "no-store"; // Whoever answers in the end.
        }

        if (_door is not { IsRequired: true })
        {
            await next(context);
            return;
        }

        // Whatever is called before it is known for whom is called for nobody.
        Pass.Acting = Pass.Nobody;
        var address = context.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        if (IsOpen(context.Request))
        {
            if (!HttpMethods.IsGet(context.Request.Method) && !_signIns.AttemptAcquire(address).IsAcquired)
            {
                await TooManyAsync(context, address, "sign-ins");
                return;
            }

            await next(context);
            return;
        }

        var (credential, isSession) = Credential(context.Request);
        Pass? pass;
        try
        {
            pass = credential is null ? null : await PassAsync(credential, isSession, address, context);
        }
        catch (AccessDeniedException fault)
        {
            await StepUp.Of(context, fault).ExecuteAsync(context);
            return;
        }

        if (pass is null)
        {
            await RefuseAsync(context, address, credential is null);
            return;
        }

        if (isSession && !IsSafe(context.Request) && !IsOwnPage(context.Request))
        {
            await Problem.Of(StatusCodes.Status403Forbidden, "The request is not allowed", context.Request.Path, "Sec-Fetch-Site", context.Request.Headers["Sec-Fetch-Site"], "'same-origin': a session is for this silo's own page")
                .ExecuteAsync(context);
            return;
        }

        if (!_requests.AttemptAcquire(pass.Caller.Id).IsAcquired)
        {
            await TooManyAsync(context, pass.Caller.Name, "requests");
            return;
        }

        context.Items[typeof(Caller)] = pass.Caller;
        context.Items[typeof(Pass)] = pass;
        Pass.Acting = pass.Text;
        await next(context);
    }

    /// <summary>Whether a request's caller still counts: streams outlast passes.</summary>
    public bool StillCounts(HttpContext context) => !context.Items.TryGetValue(typeof(Pass), out var pass) || _door!.Verify(((Pass)pass!).Text) is not null;

    public void Dispose()
    {
        _requests.Dispose();
        _signIns.Dispose();
    }

    private static bool IsOpen(HttpRequest request) => request.Path.Value is { } path
        && ((HttpMethods.IsGet(request.Method) && (path is "/" or "/health/live" or "/health/ready" or "/metrics" || PageFiles.All.ContainsKey(path[1..])))
            || path == DashboardHosting.ApiPrefix + Session.Path);

    private static (string? Credential, bool IsSession) Credential(HttpRequest request)
    {
        if ((string?)request.Headers.Authorization is { Length: > 0 and < CredentialLengthMax } header && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return (header[Bearer.Length..].Trim(), false);
        }

        return (request.Cookies[Session.Name(request)], true);
    }

    private async ValueTask<Pass?> PassAsync(string credential, bool isSession, string address, HttpContext context)
    {
        if (isSession)
        {
            if (_door!.Verify(credential) is not { } caller)
            {
                return null;
            }

            _door.Used(caller);
            return new Pass(credential, caller, 0);
        }

        var name = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(credential)));
        if (_known.TryGetValue(name, out var known) && _door!.Verify(known.Text) is not null)
        {
            return known;
        }

        // Guessing costs: what is not known already counts as a try to sign in.
        if (!_signIns.AttemptAcquire(address).IsAcquired || await _door!.SignInAsync(credential, $"http {address}", context.RequestAborted) is not { } pass)
        {
            return null;
        }

        if (_known.Count >= KnownMax)
        {
            _known.Clear();
        }

        return _known[name] = pass;
    }

    private static bool IsSafe(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    /// <summary>Browsers say which site a request comes from; one that does not names its origin.</summary>
    internal static bool IsOwnPage(HttpRequest request) => (string?)request.Headers["Sec-Fetch-Site"] is { Length: > 0 } site
        ? site is "same-origin"
        : (string?)request.Headers.Origin is { Length: > 0 } origin && origin == $"{request.Scheme}://{request.Host}";

    private static Task RefuseAsync(HttpContext context, string address, bool isMissing)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Problem.Of(
            StatusCodes.Status401Unauthorized, "Sign in first", context.Request.Path, HeaderNames.Authorization, isMissing ? null : "…",
            "'Bearer' with an access key or a token that counts, or a session", $"{address}: the request shows {(isMissing ? "no credential" : "a credential that does not count")}.").ExecuteAsync(context);
    }

    private static Task TooManyAsync(HttpContext context, string who, string what)
    {
        context.Response.Headers.RetryAfter = "1";
        return Problem.Of(StatusCodes.Status429TooManyRequests, "Too many at once", context.Request.Path, what, who, $"fewer {what}; try again later").ExecuteAsync(context);
    }

    private static PartitionedRateLimiter<string> Limiter(int perPeriod, int burst, TimeSpan period) => PartitionedRateLimiter.Create<string, string>(who =>
        RateLimitPartition.GetTokenBucketLimiter(who, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst, TokensPerPeriod = perPeriod, ReplenishmentPeriod = period, QueueLimit = 0, AutoReplenishment = true,
        }));
}
