using IndustrialTwin.Identities;

namespace IndustrialTwin.Live;

/// <summary>One topic's newest state, ready to be sent.</summary>
/// <param name="Topic">What it is about.</param>
/// <param name="Kind">The event type that clients see.</param>
/// <param name="Json">The state.</param>
/// <param name="Sequence">When it was put: later ones are higher.</param>
/// <param name="Narrow">The state as JSON for a caller that may not see all; null where it may not see it at all.</param>
internal sealed record LiveState(string Topic, string Kind, string Json, long Sequence, Func<Caller, string?> Narrow);

/// <summary>
/// The newest state of each topic, and nothing older: a reader that is slow misses states between, never the newest, and costs no
/// memory beyond its own position.
/// </summary>
internal sealed class LiveBoard
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LiveState> _states = [];
    private readonly SortedDictionary<string, string> _lost = new(StringComparer.Ordinal);
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _sequence;

    /// <summary>Puts a topic's new state; answers false where it is the same as before.</summary>
    public bool Put(string topic, string kind, string json, Func<Caller, string?>? narrow = null)
    {
        lock (_gate)
        {
            if (_states.TryGetValue(topic, out var known) && known.Json == json)
            {
                return false;
            }

            _states[topic] = new LiveState(topic, kind, json, ++_sequence, narrow ?? (caller => caller.Covers(topic) ? json : null));
            _next.TrySetResult();
            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return true;
        }
    }

    /// <summary>Forgets a topic. Clients learn of it by the state that lists the topics.</summary>
    public void Remove(string topic)
    {
        lock (_gate)
        {
            _states.Remove(topic);
        }
    }

    /// <summary>
    /// Says that an asset cannot be reached now, so that what is shown of it is old; or, with null, that it can. Answers whether that
    /// is news.
    /// </summary>
    public bool SetLost(string asset, string? reason)
    {
        lock (_gate)
        {
            var changed = reason is null ? _lost.Remove(asset) : _lost.TryAdd(asset, reason);
            if (changed)
            {
                var lost = _lost.Select(one => (Asset: one.Key, Detail: one.Value)).ToArray();
                Put("lost", "lost", Text(lost), caller => Text(lost.Where(one => one.Asset == OverviewFeed.Grid || caller.Sees(one.Asset))));
            }

            return changed;
        }
    }

    /// <summary>What was put after <paramref name="sequence"/>, oldest first, and a task that ends with the next change.</summary>
    public (LiveState[] States, Task Next) After(long sequence)
    {
        lock (_gate)
        {
            return _sequence == sequence
                ? ([], _next.Task)
                : ([.. _states.Values.Where(state => state.Sequence > sequence).OrderBy(state => state.Sequence)], _next.Task);
        }
    }

    /// <summary>Whether a state is still its topic's newest.</summary>
    public bool IsNewest(LiveState state)
    {
        lock (_gate)
        {
            return _states.TryGetValue(state.Topic, out var known) && ReferenceEquals(known, state);
        }
    }

    private static string Text(IEnumerable<(string Asset, string Detail)> lost) =>
        Dashboard.DashboardJson.Text(new { assets = lost.Select(one => new { asset = one.Asset, detail = one.Detail }) });
}
