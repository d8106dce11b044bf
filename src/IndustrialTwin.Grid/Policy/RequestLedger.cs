namespace IndustrialTwin.Policy;

/// <summary>
/// A caller's open requests. However many answers come, from retries, returned leases or doubled messages, the first ends the request
/// and the others are told so.
/// </summary>
/// <typeparam name="TKey">How requests are named.</typeparam>
public sealed class RequestLedger<TKey>
    where TKey : notnull
{
    private readonly HashSet<TKey> _open = [];
    private readonly long[] _ended = new long[Enum.GetValues<RequestEnd>().Length];

    /// <summary>Requests that were opened.</summary>
    public long Opened { get; private set; }

    /// <summary>Requests that are open.</summary>
    public int Open => _open.Count;

    /// <summary>Answers that came to a request that had ended.</summary>
    public long Surplus { get; private set; }

    /// <summary>Requests that ended so.</summary>
    public long Ended(RequestEnd end) => _ended[(int)end];

    /// <summary>Opens a request; false where one of this name is open.</summary>
    public bool TryOpen(TKey request)
    {
        var isNew = _open.Add(request);
        if (isNew)
            Opened++;
        return isNew;
    }

    /// <summary>Whether a request is open.</summary>
    public bool IsOpen(TKey request) => _open.Contains(request);

    /// <summary>Ends a request; false where it had ended, and the answer is dropped.</summary>
    public bool TryEnd(TKey request, RequestEnd end)
    {
        if (!_open.Remove(request))
        {
            Surplus++;
            return false;
        }

        _ended[(int)end]++;
        return true;
    }
}
