namespace IndustrialTwin.Identities;

/// <summary>
/// The first that a client of the actor runtime says on a connection, as far as it names the client. The runtime's own type of it is
/// not for others; this one reads the same bytes and passes over what it does not know.
/// </summary>
[GenerateSerializer, Alias("itwin.client-greeting")]
internal sealed class ClientGreeting
{
    /// <summary>The client.</summary>
    [Id(1)]
    public GrainId Client { get; init; }
}
