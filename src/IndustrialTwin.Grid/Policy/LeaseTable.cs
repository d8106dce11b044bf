namespace IndustrialTwin.Policy;

/// <summary>
/// What was given to accelerators and has not come back. A lease that is not returned in time, or whose accelerator is lost, gives its
/// work back, so that nothing is lost with a device.
/// </summary>
/// <typeparam name="TItem">What was asked for.</typeparam>
/// <typeparam name="TDevice">How accelerators are named.</typeparam>
public sealed class LeaseTable<TItem, TDevice>
    where TDevice : notnull
{
    private readonly Dictionary<long, Lease> _leases = [];
    private readonly Stack<List<Work<TItem>>> _spare = [];
    private readonly List<long> _lapsed = [];
    private long _last;

    /// <summary>Leases that are out.</summary>
    public int Count => _leases.Count;

    /// <summary>When the next lease lapses, or <see cref="long.MaxValue"/>.</summary>
    public long NextUs { get; private set; } = long.MaxValue;

    /// <summary>Records a batch as given.</summary>
    /// <returns>The lease, a number above 0.</returns>
    public long Give(TDevice device, long untilUs, IReadOnlyList<Work<TItem>> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var kept = _spare.TryPop(out var spare) ? spare : [];
        for (var i = 0; i < batch.Count; i++)
            kept.Add(batch[i]);
        _leases.Add(++_last, new Lease(device, untilUs, kept));
        NextUs = Math.Min(NextUs, untilUs);
        return _last;
    }

    /// <summary>The accelerator has ended all of a batch. A lease that lapsed meanwhile is not known any more: false.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="known">What was in it is removed from here.</param>
    public bool Return(long lease, HashSet<TItem> known)
    {
        ArgumentNullException.ThrowIfNull(known);
        if (!_leases.Remove(lease, out var returned))
            return false;
        foreach (var work in returned.Batch)
            known.Remove(work.Item);
        Free(returned);
        if (returned.UntilUs <= NextUs)
            FindNext();
        return true;
    }

    /// <summary>Takes back one lease; nothing where it is not known any more.</summary>
    public void TakeBack(long lease, ICollection<Work<TItem>> back)
    {
        ArgumentNullException.ThrowIfNull(back);
        if (!_leases.Remove(lease, out var returned))
            return;
        foreach (var work in returned.Batch)
            back.Add(work);
        Free(returned);
        FindNext();
    }

    /// <summary>Takes back what is out longer than agreed.</summary>
    public void Lapse(long nowUs, ICollection<Work<TItem>> back)
    {
        if (nowUs >= NextUs)
            TakeBack(lease => lease.UntilUs <= nowUs, back);
    }

    /// <summary>Takes back what an accelerator had.</summary>
    public void Lost(TDevice device, ICollection<Work<TItem>> back) =>
        TakeBack(lease => EqualityComparer<TDevice>.Default.Equals(lease.Device, device), back);

    private void TakeBack(Predicate<Lease> isBack, ICollection<Work<TItem>> back)
    {
        ArgumentNullException.ThrowIfNull(back);
        foreach (var (number, lease) in _leases)
        {
            if (!isBack(lease))
                continue;
            foreach (var work in lease.Batch)
                back.Add(work);
            Free(lease);
            _lapsed.Add(number);
        }

        foreach (var number in _lapsed)
            _leases.Remove(number);
        _lapsed.Clear();
        FindNext();
    }

    private void FindNext()
    {
        NextUs = long.MaxValue;
        foreach (var lease in _leases.Values)
            NextUs = Math.Min(NextUs, lease.UntilUs);
    }

    private void Free(Lease lease)
    {
        lease.Batch.Clear();
        _spare.Push(lease.Batch);
    }

    private readonly record struct Lease(TDevice Device, long UntilUs, List<Work<TItem>> Batch);
}
