namespace IndustrialTwin.Identities;

/// <summary>
/// A short-lived statement of who a caller is, signed by the cluster. Calls carry it in Orleans' request context; whatever else a
/// client puts there is only a claim.
/// </summary>
/// <param name="Text">What travels.</param>
/// <param name="Caller">Who it is.</param>
/// <param name="ExpiresUs">Until when it counts, microseconds since 1970-01-01 UTC.</param>
[GenerateSerializer, Immutable, Alias("itwin.pass")]
public sealed record Pass([property: Id(0)] string Text, [property: Id(1)] Caller Caller, [property: Id(2)] long ExpiresUs)
{
    /// <summary>The pass of somebody who has not signed in: no method but the door opens to it.</summary>
    public const string Nobody = "nobody";

    /// <summary>Its name in the request context.</summary>
    public const string ContextKey = "itwin.pass";

    private static readonly AsyncLocal<string?> ActingFor = new();

    /// <summary>
    /// In a silo: the pass of whom the present flow makes calls for, a request's or a message's; null where the silo makes them for
    /// itself. It does not travel with calls: what a grain does in answer it does as the silo.
    /// </summary>
    public static string? Acting
    {
        get => ActingFor.Value;
        set => ActingFor.Value = value;
    }

    /// <summary>What the present call carries, be it a pass or not.</summary>
    public static string? Carried
    {
        get => RequestContext.Get(ContextKey) as string;
        set
        {
            if (value is null)
            {
                RequestContext.Remove(ContextKey);
            }
            else
            {
                RequestContext.Set(ContextKey, value);
            }
        }
    }
}
