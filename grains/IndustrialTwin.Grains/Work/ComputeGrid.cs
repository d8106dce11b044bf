using System.Collections.Concurrent;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Kernels;
using IndustrialTwin.Nodes;
using IndustrialTwin.Policy;
using IndustrialTwin.Samples;
using IndustrialTwin.Sites;
using IndustrialTwin.Tenants;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Work;

/// <summary>
/// How a twin has something computed: what gains by a shared launch waits in its kernel's queue until an accelerator takes it, the
/// rest goes to the best of a few bids. What its own tier cannot do in time goes a tier up where there is time for that; a question that
/// is lost is asked again (<see cref="PatientCall"/>); what was refused or has expired becomes a new request. Control stays on its node. A
/// silo that stops computes what its twins have left on its own devices: its queues let go, and there may be no other silo.
/// </summary>
internal sealed partial class ComputeGrid(
    KernelCatalogue catalogue, NodeDevices devices, NodePayloads payloads, GridDirectory directory, JobAuction auction, TiersAbove tiers,
    IGrainFactory grains, IOptions<WorkOptions> options, IQuotas quotas, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<ComputeGrid> logger)
{
    private static readonly TimeSpan RoundDelay = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RoundDelayMax = TimeSpan.FromSeconds(2);

    private readonly WorkOptions _options = options.Value;
    private readonly PolicyOptions _policy = options.Value.ToPolicy();
    private readonly PatientCall _call = new(clock, RoundDelay, options.Value.CallTimeout);

    /// <summary>What launches of a kernel took of late, microseconds: the least that an attempt needs beside its way.</summary>
    private readonly ConcurrentDictionary<string, long> _launchUs = new();

    /// <summary>Has a request computed; ends with what was computed or with the caller's cancellation.</summary>
    /// <param name="site">The site whose twin asks.</param>
    /// <param name="request">What is asked for; the deadline is set here.</param>
    /// <param name="timeout">How long one attempt may take.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="ArgumentException">The request is malformed: no accelerator will take it.</exception>
    public async Task<ComputeReply> RunAsync(SiteKey site, ComputeRequest request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        request = catalogue.Resolve(request);
        var demand = catalogue.DemandOf(request);
        for (var delay = RoundDelay; ; delay = delay * 2 < RoundDelayMax ? delay * 2 : RoundDelayMax)
        {
            var attempt = request with { Deadline = clock.GetUtcNow() + timeout, Name = Guid.NewGuid() };
            try
            {
                quotas.CheckCompute(site);
                var reply = await (IsStopping || request.Class == ComputeClass.Control
                    ? OnOwnDevicesAsync(attempt, cancellationToken)
                    : AttemptAsync(site, attempt, demand, cancellationToken));
                if (reply.Outcome == ComputeOutcome.Done)
                {
                    quotas.Computed(site, reply.ShareUs);
                    _launchUs[demand.Kernel] = (long)(reply.LaunchMs * 1_000);
                    return reply;
                }

                Tell(demand.Kernel, reply.Outcome, reply.Detail);
            }
            catch (Exception fault) when (fault is not (ArgumentException or OperationCanceledException))
            {
                Tell(demand.Kernel, ComputeOutcome.Failed, fault.Message);
            }

            cancellationToken.ThrowIfCancellationRequested();
            await Task.Delay(delay, clock, cancellationToken);
        }
    }

    /// <summary>Asks for a request once, with the deadline that it brings; ends with how it ended.</summary>
    /// <exception cref="ArgumentException">The request is malformed, or no kernel computes it.</exception>
    public Task<ComputeReply> AskAsync(SiteKey site, ComputeRequest request, CancellationToken cancellationToken)
    {
        request = catalogue.Resolve(request);
        catalogue.Validate(request);
        return AttemptAsync(site, request, catalogue.DemandOf(request), cancellationToken);
    }

    private bool IsStopping => lifetime.ApplicationStopping.IsCancellationRequested;

    private void Tell(string kernel, ComputeOutcome outcome, string? detail)
    {
        if (!IsStopping)
        {
            LogNotDone(kernel, outcome, detail);
        }
    }

    private async Task<ComputeReply> OnOwnDevicesAsync(ComputeRequest request, CancellationToken cancellationToken)
    {
        var reply = new ComputeReply(ComputeOutcome.Refused, [], Detail: "The node has no device.");
        foreach (var accelerator in devices.Accelerators)
        {
            reply = await new DeviceRun(accelerator, catalogue, devices, payloads, grains).RunAsync(request, cancellationToken);
            if (reply.Outcome == ComputeOutcome.Done)
            {
                break;
            }
        }

        return reply;
    }

    private async Task<ComputeReply> AttemptAsync(SiteKey site, ComputeRequest request, KernelDemand demand, CancellationToken cancellationToken)
    {
        if (!PayloadRule.IsByReference(demand.PayloadBytes, _policy))
        {
            return await PlaceAsync(site, request, demand, cancellationToken);
        }

        catalogue.Validate(request);
        var number = payloads.Keep(request);
        try
        {
            var referred = new ReferredRequest(devices.Node, number, demand.Kernel, demand.Units)
            {
                Deadline = request.Deadline,
                LatestDeadline = request.LatestDeadline,
                Class = request.Class,
                TraceParent = request.TraceParent,
                Name = request.Name,
                Series = (request as SlidingRequest)?.Series,
                End = (request as SlidingRequest)?.End ?? 0,
            };
            return await PlaceAsync(site, referred, demand, cancellationToken);
        }
        finally
        {
            payloads.Release(number);
        }
    }

    /// <summary>Asks the site's own tier, and then those above it as long as there is time.</summary>
    private async Task<ComputeReply> PlaceAsync(SiteKey site, ComputeRequest request, KernelDemand demand, CancellationToken cancellationToken)
    {
        for (var (place, isUp) = (site.Value, false); ; isUp = true)
        {
            var reply = await AskAsync(place, isUp, request, demand, cancellationToken);
            if (reply.Outcome is ComputeOutcome.Done or ComputeOutcome.Failed || directory.Above(place) is not { } above)
            {
                return reply;
            }

            if (IsBatched(demand) && !await tiers.GoesUpAsync(WorkQueueKey.Parse($"{above}/{demand.Kernel}"), request, demand.Units, cancellationToken))
            {
                return reply;
            }

            LogGoesUp(demand.Kernel, place, above, reply.Outcome);
            WorkTelemetry.WentUp(demand.Kernel);
            place = above;
        }
    }

    private bool IsBatched(in KernelDemand demand) => demand.IsBatched && demand.Units <= _options.BatchUnitsMax;

    private Task<ComputeReply> AskAsync(string place, bool isUp, ComputeRequest request, KernelDemand demand, CancellationToken cancellationToken)
    {
        if (directory.Serving(place).Count == 0)
        {
            return Task.FromResult(new ComputeReply(
                ComputeOutcome.Refused, [], Detail: $"No node that is there does the work of site '{place}'; expected one whose Node:Site is '{place}' or empty."));
        }

        Func<CancellationToken, Task<ComputeReply>> ask = IsBatched(demand)
            ? token => grains.GetGrain<IWorkQueueGrain>($"{place}/{demand.Kernel}").Submit(request, token)
            : auction.For(place, isUp, request, demand);
        var leastUs = (long)_options.RoundTrip.TotalMicroseconds + _launchUs.GetValueOrDefault(demand.Kernel);
        return _call.AskAsync(
            ask, UnixTime.Of(request.Deadline!.Value), leastUs, fault => Tell(demand.Kernel, ComputeOutcome.Failed, fault.Message), cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A request of {Kernel} ended {Outcome}: {Detail} It is asked again.")]
    private partial void LogNotDone(string kernel, ComputeOutcome outcome, string? detail);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A request of {Kernel} goes up from {Site} to {Above}, since it was {Outcome} there.")]
    private partial void LogGoesUp(string kernel, string site, string above, ComputeOutcome outcome);
}
