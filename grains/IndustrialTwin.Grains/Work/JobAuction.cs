using IndustrialTwin.Accelerators;
using IndustrialTwin.Kernels;
using IndustrialTwin.Policy;
using IndustrialTwin.Samples;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Work;

/// <summary>How jobs that are large or share no launch find an accelerator: a few say when they would be done, the earliest has it.</summary>
internal sealed partial class JobAuction(
    GridDirectory directory, IGrainFactory grains, IOptions<WorkOptions> options, TimeProvider clock, ILogger<JobAuction> logger)
{
    private readonly WorkOptions _options = options.Value;

    /// <summary>
    /// A way to ask for one job, as often as it takes: whoever has won it is asked again, and does it once; when that one is lost, bids are
    /// asked for anew.
    /// </summary>
    /// <param name="site">The site whose accelerators are asked.</param>
    /// <param name="isUp">Whether that is the tier above the caller's: then the way there must be worth it.</param>
    /// <param name="request">The job.</param>
    /// <param name="demand">What it asks of a device.</param>
    public Func<CancellationToken, Task<ComputeReply>> For(string site, bool isUp, ComputeRequest request, KernelDemand demand)
    {
        AcceleratorKey? winner = null;
        return async cancellationToken =>
        {
            if (winner is null)
            {
                (winner, var refusal) = await AskForBidsAsync(site, isUp, request, demand);
                if (winner is null)
                {
                    return refusal!;
                }
            }

            try
            {
                return await grains.GetGrain<IAcceleratorGrain>(winner.Value.Value).RunJob(request, cancellationToken);
            }
            catch
            {
                winner = null;
                throw;
            }
        };
    }

    private async Task<(AcceleratorKey? Winner, ComputeReply? Refusal)> AskForBidsAsync(string site, bool isUp, ComputeRequest request, KernelDemand demand)
    {
        var accelerators = directory.Serving(site);
        var chosen = new int[Math.Min(_options.Bids, accelerators.Count)];
        var count = BidPolicy.ChooseBidders(Random.Shared, accelerators.Count, chosen);
        var asked = new Task<Bid>[count];
        var askedUs = clock.NowUs();
        for (var i = 0; i < count; i++)
        {
            asked[i] = AskAsync(accelerators[chosen[i]], new JobDemand(demand.Kernel, demand.Units, demand.PayloadBytes, request.Deadline));
        }

        var bids = await Task.WhenAll(asked);
        var best = BidPolicy.Best(bids);
        var now = clock.NowUs();
        if (best >= 0 && (!isUp || TierRule.GoesUp(TiersAbove.TermsOf(request, demand.Units), now, now - askedUs, bids[best].FinishUs)))
        {
            return (accelerators[chosen[best]], null);
        }

        var earliestInUs = BidPolicy.EarliestUs(bids);
        return (null, new ComputeReply(ComputeOutcome.Refused, [], Detail: $"None of {count} accelerators of site '{site}' would be done with {demand.Kernel} in time.")
        {
            EarliestFeasible = earliestInUs == long.MaxValue ? null : clock.GetUtcNow() + TimeSpan.FromMicroseconds(earliestInUs),
        });
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
            LogNoBid(accelerator, demand.Kernel, fault.Message);
            return Bid.Refused;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Accelerator} made no bid for a job of {Kernel} ({Detail}).")]
    private partial void LogNoBid(AcceleratorKey accelerator, string kernel, string detail);
}
