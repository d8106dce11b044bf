using Orleans.Concurrency;

namespace IndustrialTwin.Identities;

/// <summary>The door, on whichever silo a client came to.</summary>
[GrainType("itwin.sign-in"), StatelessWorker]
internal sealed class SignInGrain(IAccess access) : Grain, ISignInGrain
{
    /// <inheritdoc/>
    public async Task<Pass?> SignIn(string credential) => await access.SignInAsync(credential, $"grid {ISignInGrain.From ?? "unknown"}");
}
