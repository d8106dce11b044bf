namespace IndustrialTwin.Policy;

/// <summary>
/// The accelerators that found a queue empty and wait to be woken. One is woken at first; if it says that it has other work by now,
/// all are, so that work finds an idle accelerator within two round trips.
/// </summary>
/// <typeparam name="TDevice">How accelerators are named.</typeparam>
public sealed class WakeList<TDevice>
    where TDevice : notnull
{
    private readonly List<TDevice> _parked = [];
    private readonly List<(TDevice Device, long UntilUs)> _woken = [];
    private bool _wakesAll;

    /// <summary>Accelerators that wait.</summary>
    public int Parked => _parked.Count;

    /// <summary>Accelerators that were woken and have not answered.</summary>
    public int Woken => _woken.Count;

    /// <summary>When the first unanswered wake is given up, or <see cref="long.MaxValue"/>.</summary>
    public long NextUs => _woken.Count == 0 ? long.MaxValue : _woken[0].UntilUs;

    /// <summary>An accelerator found nothing and waits.</summary>
    public void Park(TDevice device)
    {
        Forget(device);
        _parked.Add(device);
    }

    /// <summary>The next accelerator to wake, chosen at random so that queues do not all wake the same one.</summary>
    /// <param name="uncovered">Whether there is more work than the woken ones will take.</param>
    /// <param name="waiting">Whether there is work at all.</param>
    /// <param name="untilUs">How long to wait for its answer.</param>
    /// <param name="random">Chooses.</param>
    /// <param name="device">The accelerator.</param>
    public bool TryWake(bool uncovered, bool waiting, long untilUs, Random random, out TDevice device)
    {
        ArgumentNullException.ThrowIfNull(random);
        _wakesAll &= waiting;
        device = default!;
        if (_parked.Count == 0 || !(uncovered || _wakesAll))
        {
            _wakesAll &= _parked.Count > 0;
            return false;
        }

        var chosen = random.Next(_parked.Count);
        device = _parked[chosen];
        _parked.RemoveAt(chosen);
        _woken.Add((device, untilUs));
        return true;
    }

    /// <summary>A woken accelerator has other work.</summary>
    public void Refused(TDevice device)
    {
        Forget(device);
        _wakesAll = true;
    }

    /// <summary>An accelerator has come for work, and waits no more.</summary>
    public void Answered(TDevice device) => Forget(device);

    /// <summary>A wake that was not answered in time was lost on its way: its accelerator is parked again, and all are woken.</summary>
    public void Sweep(long nowUs)
    {
        while (_woken.Count > 0 && _woken[0].UntilUs <= nowUs)
        {
            Park(_woken[0].Device);
            _wakesAll = true;
        }
    }

    /// <summary>Forgets an accelerator.</summary>
    public void Forget(TDevice device)
    {
        _parked.Remove(device);
        for (var i = _woken.Count - 1; i >= 0; i--)
        {
            if (EqualityComparer<TDevice>.Default.Equals(_woken[i].Device, device))
                _woken.RemoveAt(i);
        }
    }
}
