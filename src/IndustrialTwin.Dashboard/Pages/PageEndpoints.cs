using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace IndustrialTwin.Pages;

/// <summary>Serves the page.</summary>
internal static class PageEndpoints
{
    /// <summary>The page runs its own scripts alone and talks to its own origin alone, whatever text the grid hands it.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    public static void MapPage(this IEndpointRouteBuilder endpoints)
    {
        foreach (var (path, file) in PageFiles.All)
        {
            endpoints.MapGet(path == "index.html" ? "/" : $"/{path}", (HttpContext context) => SendAsync(context, file));
        }
    }

    private static async Task SendAsync(HttpContext context, PageFile file)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-cache";
        headers.Vary = HeaderNames.AcceptEncoding;
        headers.ETag = file.Tag;
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(file.Tag, StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var asked = new RequestHeaders(context.Request.Headers).AcceptEncoding;
        var body = file.Bytes;
        if (asked.Any(one => one.Value == "br" && one.Quality is not 0))
        {
            headers.ContentEncoding = "br";
            body = file.Brotli;
        }

        context.Response.ContentType = file.ContentType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
