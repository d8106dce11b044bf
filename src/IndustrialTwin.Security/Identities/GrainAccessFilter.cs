using System.Globalization;
using System.Reflection;
using IndustrialTwin.Audit;
using Orleans.Serialization.Invocation;

namespace IndustrialTwin.Identities;

/// <summary>
/// Stands before every grain method. A silo's own calls pass; for any other the pass that the call carries is verified and held
/// against what the method declares. From there on the grain acts as the silo, and <see cref="Caller.Current"/> says who asked.
/// </summary>
/// <remarks>
/// Who sent a message is not asked: <c>SourceId</c> is what the sender wrote there, and a gateway does not correct it. A silo's own
/// calls are known by a pass that the cluster signed, also those between the actor runtime's own parts.
/// </remarks>
internal sealed class GrainAccessFilter(Access access, AuditGate audit, CallRates rates, StandingClients clients, GatewayConnections connections) : IIncomingGrainCallFilter
{
    /// <summary>What a client of the actor runtime itself must be able to ask: which grains there are.</summary>
    private const string ClusterManifest = "IClusterManifestSystemTarget";
    private const string TimerInvoker = "IGrainTimerInvoker";

    /// <inheritdoc/>
    public Task Invoke(IIncomingGrainCallContext context)
    {
        var pass = Pass.Carried;
        if (ReferenceEquals(pass, access.Own))
        {
            return context.Invoke();
        }

        // A grain's own timer: the runtime hands it over as an object that has no form on a wire.
        if (context.Request is not RequestBase && context.InterfaceName == TimerInvoker)
        {
            return context.Invoke();
        }

        var known = access.Know(pass);
        if (known is { IsSilo: true })
        {
            return context.Invoke();
        }

        if (known is not null)
        {
            clients.Shows(context.SourceId, known);
        }

        return CheckedAsync(context, pass, known?.Caller);
    }

    private async Task CheckedAsync(IIncomingGrainCallContext context, string? pass, Caller? caller)
    {
        var method = context.InterfaceMethod;
        if (method.DeclaringType?.Assembly is { } assembly && assembly == typeof(Caller).Assembly)
        {
            await EnterAsync(context, caller, method, Detail(context.Request));
            return;
        }

        switch (context.InterfaceName)
        {
            case var name when name.EndsWith(ClusterManifest, StringComparison.Ordinal):
                await context.Invoke();
                return;

            // A stream of changes: what is really called stands within the call. To go on with one takes its number, which is random.
            case var name when name.EndsWith(nameof(IAsyncEnumerableGrainExtension), StringComparison.Ordinal):
                if (Watched(context.Request) is { } watched)
                {
                    await EnterAsync(context, caller, watched, string.Empty);
                    return;
                }

                var isNext = context.MethodName.StartsWith("MoveNext", StringComparison.Ordinal); // With its type behind it.
                if (caller is not null && (isNext || context.MethodName is "DisposeAsync"))
                {
                    await CallAsync(context, caller);
                    if (isNext && access.Know(pass) is null)
                    {
                        break; // It was revoked while the stream waited: what came meanwhile is not for it.
                    }

                    return;
                }

                break;

            case var name when caller is not null && (name.EndsWith("IGrainCallCancellationExtension", StringComparison.Ordinal) || name.EndsWith("ICancellationSourcesExtension", StringComparison.Ordinal)):
                await CallAsync(context, caller);
                return;
        }

        await RefuseAsync(context, caller, $"{context.InterfaceName}.{context.MethodName}");
    }

    private async Task EnterAsync(IIncomingGrainCallContext context, Caller? caller, MethodInfo method, string detail)
    {
        var rule = AccessRules.Of(method);
        var target = context.TargetId.Key.ToString()!;
        var what = $"{context.TargetId.Type}.{method.Name}";
        if (rule is OpenToAllAttribute)
        {
            ISignInGrain.From = context.SourceId is { } source ? connections.AddressOf(source) : null;
            try
            {
                await CallAsync(context, caller);
            }
            catch (AccessDeniedException)
            {
                clients.ShowsNothing(context.SourceId);
                throw;
            }

            if (context.Result is null)
            {
                clients.ShowsNothing(context.SourceId);
            }

            return;
        }

        if (caller is null || rule is not RequiresRoleAttribute needs || !caller.May(needs.Role, needs.Reach, target))
        {
            await RefuseAsync(context, caller, what);
            return;
        }

        rates.Take(caller);
        if (needs.Fresh && access.Stale(caller) is { } stale)
        {
            await audit.RefusedAsync(AuditGate.Name(caller), what, target, stale.Message, caller.Tenant);
            throw stale;
        }

        if (needs.Audited)
        {
            await audit.AllowedAsync(caller, what, target, detail);
        }

        try
        {
            await CallAsync(context, caller);
        }
        catch (Exception fault) when (needs.Audited)
        {
            await audit.FailedAsync(caller, what, target, fault.Message);
            throw;
        }

        if (context.Result is INarrowed answer)
        {
            context.Result = answer.Narrow(caller);
        }
    }

    private static async Task CallAsync(IIncomingGrainCallContext context, Caller? caller)
    {
        Caller.Current = caller;
        await context.Invoke();
    }

    private async Task RefuseAsync(IIncomingGrainCallContext context, Caller? caller, string what)
    {
        var target = context.TargetId.Key.ToString()!;
        if (caller is null)
        {
            clients.ShowsNothing(context.SourceId);
        }

        await audit.RefusedAsync(caller is null ? "nobody" : AuditGate.Name(caller), what, target, caller is null ? "no pass that counts" : $"{caller.Role} of {string.Join(' ', caller.Scopes)}", caller?.Tenant);
        throw caller is null
            ? new AccessDeniedException($"{what}: the call carries no pass that counts. Sign in with an access key (itwin: ITWIN_KEY or --key-file) or a token of the identity provider.")
            : new AccessDeniedException($"{what} of '{target}': there is no such thing, or {caller.Role.ToString().ToLowerInvariant()} '{caller.Name}' may not do that there.") { IsKnown = true };
    }

    private static MethodInfo? Watched(IInvokable request)
    {
        for (var index = 0; index < request.GetArgumentCount(); index++)
        {
            if (request.GetArgument(index) is RequestBase inner)
            {
                return inner.GetMethod();
            }
        }

        return null;
    }

    private static string Detail(IInvokable request)
    {
        var parts = Enumerable.Range(0, request.GetArgumentCount()).Select(request.GetArgument).Where(argument => argument is not (null or CancellationToken));
        return string.Join("; ", parts.Select(argument => Convert.ToString(argument, CultureInfo.InvariantCulture)));
    }
}
