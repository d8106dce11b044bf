using System.Collections.Concurrent;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Policy;
using IndustrialTwin.Samples;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Work;

/// <summary>What this silo knows of the queues of the tiers above, and whether a request goes there: <see cref="TierOutlook"/> and its messages.</summary>
internal sealed partial class TiersAbove(IGrainFactory grains, IOptions<WorkOptions> options, TimeProvider clock, ILogger<TiersAbove> logger)
{
    private readonly ConcurrentDictionary<WorkQueueKey, TierOutlook> _outlooks = new();
    private readonly PolicyOptions _policy = options.Value.ToPolicy();

    /// <summary>Whether there is time for the way to a queue of the tier above, its backlog and the work; asks the queue where it has not of late.</summary>
    public async Task<bool> GoesUpAsync(WorkQueueKey queue, ComputeRequest request, int units, CancellationToken cancellationToken)
    {
        var terms = TermsOf(request, units);
        var now = clock.NowUs();
        var leftUs = Math.Max(terms.DeadlineUs, terms.LatestUs) - now;
        if (terms.Class == RequestClass.Control || leftUs <= 0)
        {
            return false;
        }

        var outlook = _outlooks.GetOrAdd(queue, _ => new TierOutlook(_policy.RoundTripUs, _policy.OutlookUs));
        bool isStale;
        lock (outlook)
        {
            isStale = outlook.IsStale(now);
        }

        if (isStale)
        {
            try
            {
                WorkTelemetry.Message("outlook", 2);
                var patienceUs = Math.Min(leftUs, (long)options.Value.CallTimeout.TotalMicroseconds);
                var serviceUs = await grains.GetGrain<IWorkQueueGrain>(queue.Value).Outlook(units, request.Class, request.Deadline)
                    .WaitAsync(TimeSpan.FromMicroseconds(patienceUs), clock, cancellationToken);
                lock (outlook)
                {
                    outlook.Heard(now, clock.NowUs(), serviceUs);
                }
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogUnheard(queue, fault.Message);
                return false;
            }
        }

        lock (outlook)
        {
            return outlook.GoesUp(terms, clock.NowUs());
        }
    }

    internal static WorkTerms TermsOf(ComputeRequest request, int units) => new(
        request.Class.ToPolicy(),
        request.Deadline is { } deadline ? UnixTime.Of(deadline) : long.MaxValue / 2,
        units,
        request.LatestDeadline is { } latest ? UnixTime.Of(latest) : 0);

    [LoggerMessage(Level = LogLevel.Information, Message = "Queue {Queue} of the tier above did not say how long it takes ({Detail}); nothing goes there.")]
    private partial void LogUnheard(WorkQueueKey queue, string detail);
}
