using IndustrialTwin.Identities;
using IndustrialTwin.Tenants;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Problems;

/// <summary>Answers failed grain calls as RFC 9457 problems.</summary>
internal sealed partial class GridFaultFilter(ILogger<GridFaultFilter> logger) : IEndpointFilter
{
    private const string RetryAfterSeconds = "2";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            return await next(context);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return Results.Empty;
        }
        catch (AccessDeniedException fault) when (fault.Demand != SignInDemand.None)
        {
            LogFailed(http.Request.Path, fault.Message);
            return StepUp.Of(http, fault);
        }
        catch (Exception fault) when (GridFault.Of(fault) is { } known)
        {
            LogFailed(http.Request.Path, known.Title);
            http.Response.Headers.RetryAfter = RetryAfterSeconds;
            return Problem.Of(known.Status, known.Title, http.Request.Path, "grid", null, "an answer; try again", fault is AccessDeniedException or QuotaExceededException ? fault.Message : null);
        }
        catch (Exception fault)
        {
            LogUnexpected(http.Request.Path, fault);
            return Problem.Of(
                StatusCodes.Status500InternalServerError, "The twin failed", http.Request.Path, "grid", null, "an answer; the log of this process says more");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} was answered with an error: {Reason}")]
    private partial void LogFailed(string path, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path}: the call failed in a way that it must not")]
    private partial void LogUnexpected(string path, Exception fault);
}
