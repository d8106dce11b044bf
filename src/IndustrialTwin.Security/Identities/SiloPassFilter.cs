namespace IndustrialTwin.Identities;

/// <summary>
/// Lets every call that a silo makes carry a pass: that of whom it is made for, or else the silo's own. To a client none goes: who
/// holds the silo's pass is a silo.
/// </summary>
internal sealed class SiloPassFilter(Access access) : IOutgoingGrainCallFilter
{
    /// <inheritdoc/>
    public Task Invoke(IOutgoingGrainCallContext context)
    {
        var carried = Pass.Carried;
        if (context.TargetId.IsClient())
        {
            return carried is null ? context.Invoke() : WithAsync(null, context);
        }

        return carried is null ? WithAsync(access.Own, context) : context.Invoke();
    }

    /// <summary>In a flow of its own, so that it is this call's alone.</summary>
    private static async Task WithAsync(string? pass, IOutgoingGrainCallContext context)
    {
        Pass.Carried = pass;
        await context.Invoke();
    }
}
