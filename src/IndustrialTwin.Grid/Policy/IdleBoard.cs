using System.Runtime.InteropServices;

namespace IndustrialTwin.Policy;

/// <summary>
/// A notice board: accelerators that found nothing to do, and queues whose work nobody has come for. It brings names together
/// and decides nothing else; no request passes through it. Under load it is empty on one side, and probes do all the work; where most
/// are idle it saves them from asking round. Its loss costs time, not work: both sides repeat what they said.
/// </summary>
/// <remarks>
/// After each call the actor tells the queue of each pair that <see cref="TryMatch"/> names, and the queue gives its batch to the
/// accelerator; where others were quicker, the queue puts the accelerator back on the board. One board may serve several sites: a queue
/// meets accelerators of its own site and of none, as <see cref="TierRule.Serves"/> says. Used by one caller at a time.
/// </remarks>
/// <typeparam name="TQueue">How queues are named.</typeparam>
/// <typeparam name="TDevice">How accelerators are named.</typeparam>
public sealed class IdleBoard<TQueue, TDevice>
    where TQueue : notnull
    where TDevice : notnull
{
    private readonly Dictionary<string, LinkedList<(TDevice Device, long Since)>> _idle = [];
    private readonly Dictionary<TDevice, (string Site, LinkedListNode<(TDevice Device, long Since)> Place, long FreeUs)> _places = [];
    private readonly Dictionary<string, LinkedList<(TQueue Queue, long Since)>> _calling = [];
    private readonly Dictionary<TQueue, long> _saidUs = [];
    private readonly Dictionary<TQueue, (string Site, LinkedListNode<(TQueue Queue, long Since)> Place, int Wanted)> _wanted = [];
    private long _sequence;

    /// <summary>Accelerators that wait.</summary>
    public int Idle => _places.Count;

    /// <summary>Queues that wait.</summary>
    public int Calling => _wanted.Count;

    /// <summary>An accelerator is idle or about to be, and has found nothing.</summary>
    /// <param name="device">The accelerator.</param>
    /// <param name="freeUs">When it can start: a time to come where its launch is not over yet.</param>
    /// <param name="site">The site whose work it does, or empty where it does that of any.</param>
    public void Rests(TDevice device, long freeUs, string site = "")
    {
        if (!_places.ContainsKey(device))
            _places.Add(device, (site, ListOf(_idle, site).AddLast((device, _sequence++)), freeUs));
    }

    /// <summary>An accelerator has other work, or is gone.</summary>
    public void Leaves(TDevice device)
    {
        if (_places.Remove(device, out var known))
            Remove(_idle, known.Site, known.Place);
    }

    /// <summary>A queue says for how many accelerators it has work.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="call">What it says.</param>
    /// <param name="site">The site that it belongs to.</param>
    public void Wants(TQueue queue, BoardCall call, string site = "")
    {
        ref var said = ref CollectionsMarshal.GetValueRefOrAddDefault(_saidUs, queue, out var isKnown);
        if (isKnown && call.SaidUs <= said)
            return;
        said = call.SaidUs;
        if (_wanted.TryGetValue(queue, out var known))
        {
            if (call.Wanted > 0)
            {
                _wanted[queue] = known with { Wanted = call.Wanted };
                return;
            }

            Remove(_calling, known.Site, known.Place);
            _wanted.Remove(queue);
        }
        else if (call.Wanted > 0)
        {
            _wanted.Add(queue, (site, ListOf(_calling, site).AddLast((queue, _sequence++)), call.Wanted));
        }
    }

    /// <summary>The next pair: the queue that waits longest and has an accelerator to meet, and of these the one that waits longest.</summary>
    public bool TryMatch(out TQueue queue, out TDevice device, out long freeUs)
    {
        (queue, device, freeUs) = (default!, default!, 0);
        if (_places.Count == 0)
            return false;
        var since = long.MaxValue;
        foreach (var (site, calling) in _calling)
        {
            var (first, itsSince) = calling.First!.Value;
            if (itsSince < since && TryFindIdle(site, out var idle))
                (queue, device, since) = (first, idle, itsSince);
        }

        if (since == long.MaxValue)
            return false;
        freeUs = _places[device].FreeUs;
        Leaves(device);
        var known = _wanted[queue];
        Remove(_calling, known.Site, known.Place);
        if (known.Wanted > 1)
            _wanted[queue] = (known.Site, ListOf(_calling, known.Site).AddLast((queue, _sequence++)), known.Wanted - 1);
        else
            _wanted.Remove(queue);
        return true;
    }

    /// <summary>The accelerator that waits longest of those that a site's queues may meet.</summary>
    private bool TryFindIdle(string site, out TDevice device)
    {
        var own = _idle.GetValueOrDefault(site)?.First;
        var any = site.Length == 0 ? null : _idle.GetValueOrDefault(string.Empty)?.First;
        var first = own is null || (any is not null && any.Value.Since < own.Value.Since) ? any : own;
        device = first is null ? default! : first.Value.Device;
        return first is not null;
    }

    private static LinkedList<TItem> ListOf<TItem>(Dictionary<string, LinkedList<TItem>> lists, string site)
    {
        ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(lists, site, out _);
        return list ??= [];
    }

    /// <summary>Lists that are empty go, so that sites which have nothing to say cost nothing.</summary>
    private static void Remove<TItem>(Dictionary<string, LinkedList<TItem>> lists, string site, LinkedListNode<TItem> place)
    {
        var list = lists[site];
        list.Remove(place);
        if (list.Count == 0)
            lists.Remove(site);
    }
}
