using IndustrialTwin.Accelerators;
using IndustrialTwin.Identities;
using IndustrialTwin.Samples;
using IndustrialTwin.Tenants;

namespace IndustrialTwin.Problems;

/// <summary>What a failed grain call means to a client of the HTTP API.</summary>
internal static class GridFault
{
    /// <summary>The HTTP status and the words for a fault that a running grid may have; null for one that it must not.</summary>
    public static (int Status, string Title)? Of(Exception fault) => fault switch
    {
        TimeoutException => (StatusCodes.Status504GatewayTimeout, "The twin did not answer in time"),
        AccessDeniedException { Demand: not SignInDemand.None } => (StatusCodes.Status401Unauthorized, "Sign in again"),
        AccessDeniedException { IsKnown: true } => (StatusCodes.Status403Forbidden, "There is no such thing, or you may not do that there"),
        AccessDeniedException => (StatusCodes.Status401Unauthorized, "Sign in first"),
        QuotaExceededException => (StatusCodes.Status429TooManyRequests, "A quota or a limit is used up"),
        LogUnavailableException => (StatusCodes.Status503ServiceUnavailable, "The durable log is not available"),
        AcceleratorOfflineException => (StatusCodes.Status503ServiceUnavailable, "The accelerator is offline"),
        SiloUnavailableException or OrleansMessageRejectionException
            => (StatusCodes.Status503ServiceUnavailable, "The grid is not available"),
        OrleansException => (StatusCodes.Status503ServiceUnavailable, "The grid could not answer"),

        // Its silo stopped, or it moves to another one.
        EnumerationAbortedException or OperationCanceledException => (StatusCodes.Status503ServiceUnavailable, "The twin stopped while it answered"),
        _ => null,
    };
}
