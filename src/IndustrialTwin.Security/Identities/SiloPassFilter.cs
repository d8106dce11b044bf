namespace IndustrialTwin.Identities;

/// <summary>
/// Lets every call that a silo makes carry a pass: that of whom it is made for, or else the silo's own, whatever
/// the call in hand came with: what a grain does in answer, and how it wakes up, is the silo's own doing. To a client none goes: who
/// holds the silo's pass is a silo.
/// </summary>
internal sealed class SiloPassFilter(Access access) : IOutgoingGrainCallFilter
{
    /// <inheritdoc/>
    public Task Invoke(IOutgoingGrainCallContext context)
    {
        var pass = context.TargetId.IsClient() ? null : Pass.Acting ?? access.Own;
        return ReferenceEquals(pass, Pass.Carried) ? context.Invoke() : WithAsync(pass, context);
    }

    /// <summary>In a flow of its own, so that it is this call's alone.</summary>
    private static async Task WithAsync(string? pass, IOutgoingGrainCallContext context)
    {
        Pass.Carried = pass;
        await context.Invoke();
    }
}
