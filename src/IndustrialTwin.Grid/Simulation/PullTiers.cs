using System.Globalization;
using IndustrialTwin.Policy;

namespace IndustrialTwin.Simulation;

/// <summary>How callers of a simulated grid have done in the tier above what their own refused: by <see cref="TierRule"/>, as the grains do.</summary>
internal sealed class PullTiers
{
    private const int None = -1;
    private readonly PullGrid _grid;
    private readonly PullQueue[] _queues;
    private readonly int[] _above;
    private readonly TierOutlook[] _outlooks;

    public PullTiers(PullGrid grid, PullQueue[] queues, SimulationOptions options)
    {
        (_grid, _queues) = (grid, queues);
        // The last site is the tier above the others.
        TierPlace[] places = [.. Enumerable.Range(0, options.Sites).Select(site => new TierPlace(site.ToString(CultureInfo.InvariantCulture), options.Sites > 1 && site == options.Sites - 1 ? 3 : 1))];
        _above = [.. places.Select(place => TierRule.Above(places, place.Site) is { } above ? Array.FindIndex(places, other => other.Site == above) : None)];
        _outlooks = [.. queues.Select(_ => new TierOutlook(2 * options.SiteMessageUs, options.Policy.OutlookUs))];
    }

    /// <summary>The site whose queue a request waits in.</summary>
    public int PlaceOf(SimulatedRequest request) => request.IsUp ? _above[request.Site] : request.Site;

    /// <summary>A caller hears that a site's queue will not do its request.</summary>
    public void NotDone(SimulatedRequest request, int site, RequestEnd end)
    {
        if (request.IsUp && site == request.Site)
            return; // Said twice: the request is with the tier above by now.
        if (request.IsUp || _above[site] == None || request.Class == RequestClass.Control)
        {
            _grid.EndHere(request, end);
            return;
        }

        var outlook = _outlooks[site * _grid.Kernels + request.Kernel];
        if (outlook.IsStale(_grid.TimeUs))
            Ask(request, outlook, end);
        else
            GoUp(request, outlook, end);
    }

    private void Ask(SimulatedRequest request, TierOutlook outlook, RequestEnd end)
    {
        var askedUs = _grid.TimeUs;
        var queue = _queues[_above[request.Site] * _grid.Kernels + request.Kernel];
        _grid.SendFar(() => queue.Outlook(request, serviceUs => _grid.SendFar(() =>
        {
            outlook.Heard(askedUs, _grid.TimeUs, serviceUs);
            GoUp(request, outlook, end);
        })));
    }

    private void GoUp(SimulatedRequest request, TierOutlook outlook, RequestEnd end)
    {
        if (request.IsUp)
            return;
        if (!outlook.GoesUp(request.Terms(), _grid.TimeUs))
        {
            _grid.EndHere(request, end);
            return;
        }

        request.IsUp = true;
        _grid.WentUp();
        _grid.Submit(request);
    }
}
