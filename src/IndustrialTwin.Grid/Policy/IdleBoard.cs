using System.Runtime.InteropServices;

namespace IndustrialTwin.Policy;

/// <summary>
/// A site's notice board: accelerators that found nothing to do, and queues whose work nobody has come for. It brings names together
/// and decides nothing else; no request passes through it. Under load it is empty on one side, and probes do all the work; where most
/// are idle it saves them from asking round. Its loss costs time, not work: both sides repeat what they said.
/// </summary>
/// <remarks>
/// After each call the actor tells the queue of each pair that <see cref="TryMatch"/> names, and the queue gives its batch to the
/// accelerator; where others were quicker, the queue puts the accelerator back on the board. Used by one caller at a time.
/// </remarks>
/// <typeparam name="TQueue">How queues are named.</typeparam>
/// <typeparam name="TDevice">How accelerators are named.</typeparam>
public sealed class IdleBoard<TQueue, TDevice>
    where TQueue : notnull
    where TDevice : notnull
{
    private readonly LinkedList<TDevice> _idle = [];
    private readonly Dictionary<TDevice, (LinkedListNode<TDevice> Place, long FreeUs)> _places = [];
    private readonly LinkedList<TQueue> _calling = [];
    private readonly Dictionary<TQueue, long> _saidUs = [];
    private readonly Dictionary<TQueue, (LinkedListNode<TQueue> Place, int Wanted)> _wanted = [];

    /// <summary>Accelerators that wait.</summary>
    public int Idle => _places.Count;

    /// <summary>Queues that wait.</summary>
    public int Calling => _wanted.Count;

    /// <summary>An accelerator is idle or about to be, and has found nothing.</summary>
    /// <param name="device">The accelerator.</param>
    /// <param name="freeUs">When it can start: a time to come where its launch is not over yet.</param>
    public void Rests(TDevice device, long freeUs)
    {
        if (!_places.ContainsKey(device))
            _places.Add(device, (_idle.AddLast(device), freeUs));
    }

    /// <summary>An accelerator has other work, or is gone.</summary>
    public void Leaves(TDevice device)
    {
        if (_places.Remove(device, out var known))
            _idle.Remove(known.Place);
    }

    /// <summary>A queue says for how many accelerators it has work.</summary>
    public void Wants(TQueue queue, BoardCall call)
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

            _calling.Remove(known.Place);
            _wanted.Remove(queue);
        }
        else if (call.Wanted > 0)
        {
            _wanted.Add(queue, (_calling.AddLast(queue), call.Wanted));
        }
    }

    /// <summary>The next pair: who waits longest on either side.</summary>
    public bool TryMatch(out TQueue queue, out TDevice device, out long freeUs)
    {
        if (_idle.First is not { } idle || _calling.First is not { } calling)
        {
            (queue, device, freeUs) = (default!, default!, 0);
            return false;
        }

        (queue, device, freeUs) = (calling.Value, idle.Value, _places[idle.Value].FreeUs);
        Leaves(device);
        var wanted = _wanted[queue].Wanted - 1;
        _calling.Remove(calling);
        if (wanted > 0)
            _wanted[queue] = (_calling.AddLast(queue), wanted);
        else
            _wanted.Remove(queue);
        return true;
    }
}
