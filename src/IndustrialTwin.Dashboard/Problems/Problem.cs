using Microsoft.AspNetCore.Http.HttpResults;

namespace IndustrialTwin.Problems;

/// <summary>Errors as RFC 9457 problem details that name the asset, the field, the value and what was expected.</summary>
internal static class Problem
{
    private const int ValueLengthMax = 128;

    public static ProblemHttpResult Invalid(string asset, string field, string? value, string expected) =>
        Of(StatusCodes.Status400BadRequest, "The request is not valid", asset, field, value, expected);

    public static ProblemHttpResult NotFound(string asset, string field, string? value, string expected) =>
        Of(StatusCodes.Status404NotFound, "There is no such thing", asset, field, value, expected);

    public static ProblemHttpResult Of(int status, string title, string asset, string field, string? value, string expected, string? detail = null, string? type = null) =>
        TypedResults.Problem(
            detail ?? $"{Cut(asset)}: {field} is {(value is null ? "missing" : $"'{Cut(value)}'")}; expected {expected}.",
            statusCode: status,
            title: title,
            type: type,
            extensions: new Dictionary<string, object?>
            {
                ["asset"] = Cut(asset), ["field"] = field, ["value"] = value is null ? null : Cut(value), ["expected"] = expected,
            });

    private static string Cut(string text) => text.Length <= ValueLengthMax ? text : string.Concat(text.AsSpan(0, ValueLengthMax), "…");
}
