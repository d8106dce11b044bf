namespace IndustrialTwin.Identities;

/// <summary>The door for clients of the grid. There is one on every silo, with the key <see cref="Key"/>.</summary>
[Alias("itwin.sign-in"), GrainInterfaceType("itwin.sign-in")]
public interface ISignInGrain : IGrainWithStringKey
{
    /// <summary>The key of the door.</summary>
    const string Key = "door";

    private static readonly AsyncLocal<string?> Address = new();

    /// <summary>In a silo: the address that the present call came from, as its gateway knows it; null where another silo's does.</summary>
    static string? From
    {
        get => Address.Value;
        set => Address.Value = value;
    }

    /// <summary>Gives a pass for a credential; null where it does not count. A silo that requires none answers with an empty pass.</summary>
    [OpenToAll]
    [Alias("sign-in")]
    Task<Pass?> SignIn(string credential);
}
