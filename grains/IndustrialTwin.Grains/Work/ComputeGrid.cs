using IndustrialTwin.Accelerators;
using IndustrialTwin.Kernels;
using IndustrialTwin.Nodes;
using IndustrialTwin.Policy;
using IndustrialTwin.Sites;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Work;

/// <summary>
/// How a twin has something computed: what gains by a shared launch waits in its kernel's queue until an accelerator takes it, the
/// rest goes to the best of a few bids. What is refused, expires or is lost with a silo is asked again. A silo that stops computes what
/// its twins have left on its own devices: its queues let go, and there may be no other silo.
/// </summary>
internal sealed partial class ComputeGrid(
    KernelCatalogue catalogue, NodeDevices devices, NodePayloads payloads, GridDirectory directory, IGrainFactory grains, IOptions<WorkOptions> options,
    TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<ComputeGrid> logger)
{
    private static readonly TimeSpan RoundDelay = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RoundDelayMax = TimeSpan.FromSeconds(2);

    private readonly WorkOptions _options = options.Value;
    private readonly PolicyOptions _policy = options.Value.ToPolicy();

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
            var attempt = request with { Deadline = clock.GetUtcNow() + timeout };
            try
            {
                // An answer that was lost with its silo must not be waited for for ever.
                var reply = await (IsStopping ? OnOwnDevicesAsync(attempt, cancellationToken) : AttemptAsync(site, attempt, demand, cancellationToken))
                    .WaitAsync(timeout + _options.CallTimeout, clock, cancellationToken);
                if (reply.Outcome == ComputeOutcome.Done)
                {
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
            };
            return await PlaceAsync(site, referred, demand, cancellationToken);
        }
        finally
        {
            payloads.Release(number);
        }
    }

    private Task<ComputeReply> PlaceAsync(SiteKey site, ComputeRequest request, KernelDemand demand, CancellationToken cancellationToken) =>
        demand.IsBatched && demand.Units <= _options.BatchUnitsMax
            ? grains.GetGrain<IWorkQueueGrain>($"{site.Value}/{demand.Kernel}").Submit(request, cancellationToken)
            : BidAsync(request, demand, cancellationToken);

    private async Task<ComputeReply> BidAsync(ComputeRequest request, KernelDemand demand, CancellationToken cancellationToken)
    {
        var accelerators = directory.Accelerators;
        var chosen = new int[Math.Min(_options.Bids, accelerators.Count)];
        var count = BidPolicy.ChooseBidders(Random.Shared, accelerators.Count, chosen);
        var asked = new Task<Bid>[count];
        for (var i = 0; i < count; i++)
        {
            asked[i] = AskAsync(accelerators[chosen[i]], new JobDemand(demand.Kernel, demand.Units, demand.PayloadBytes, request.Deadline));
        }

        var bids = await Task.WhenAll(asked);
        var best = BidPolicy.Best(bids);
        if (best < 0)
        {
            var earliestInUs = BidPolicy.EarliestUs(bids);
            return new ComputeReply(ComputeOutcome.Refused, [], Detail: $"None of {count} accelerators would be done with {demand.Kernel} in time.")
            {
                EarliestFeasible = earliestInUs == long.MaxValue ? null : clock.GetUtcNow() + TimeSpan.FromMicroseconds(earliestInUs),
            };
        }

        return await grains.GetGrain<IAcceleratorGrain>(accelerators[chosen[best]].Value).RunJob(request, cancellationToken);
    }

    private async Task<Bid> AskAsync(AcceleratorKey accelerator, JobDemand demand)
    {
        try
        {
            WorkTelemetry.Message("bid", 2);
            var bid = await grains.GetGrain<IAcceleratorGrain>(accelerator.Value).Bid(demand).WaitAsync(_options.CallTimeout, clock);
            return new Bid(bid.FinishInUs, bid.IsRefused);
        }
        catch (Exception fault)
        {
            LogNotDone(demand.Kernel, ComputeOutcome.Refused, fault.Message);
            return Bid.Refused;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A request of {Kernel} ended {Outcome}: {Detail} It is asked again.")]
    private partial void LogNotDone(string kernel, ComputeOutcome outcome, string? detail);
}
