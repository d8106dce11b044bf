using System.Globalization;
using IndustrialTwin.Identities;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IndustrialTwin.Problems;

/// <summary>
/// Answers who is signed in and yet must show more: a sign-in of now, or one with several factors. It is the challenge of RFC 9470 (OAuth
/// 2.0 Step Up Authentication), and a problem whose <c>type</c> says to the page which of the two.
/// </summary>
internal static class StepUp
{
    /// <summary>The type of the problem that a sign-in of now solves.</summary>
    public const string SignInAgain = "urn:itwin:sign-in-again";

    /// <summary>The type of the problem that a sign-in with several factors solves.</summary>
    public const string SeveralFactors = "urn:itwin:several-factors";

    public static ProblemHttpResult Of(HttpContext context, AccessDeniedException fault)
    {
        var isRecent = fault.Demand == SignInDemand.Recent;
        var (type, title, expected) = isRecent
            ? (SignInAgain, "Sign in again", "a sign-in that is not older than the silo allows for this")
            : (SeveralFactors, "Several factors are asked for", "a sign-in with several factors");
        var age = isRecent && fault.ProofAgeMax is { } max ? string.Create(CultureInfo.InvariantCulture, $", max_age=\"{max.TotalSeconds:0}\"") : string.Empty;
        context.Response.Headers.WWWAuthenticate = $"Bearer error=\"insufficient_user_authentication\", error_description=\"{title}\"{age}";
        return Problem.Of(StatusCodes.Status401Unauthorized, title, context.Request.Path, "sign-in", null, expected, fault.Message, type);
    }
}
