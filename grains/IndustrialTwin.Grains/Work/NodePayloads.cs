using System.Collections.Concurrent;
using IndustrialTwin.Accelerators;

namespace IndustrialTwin.Work;

/// <summary>The payloads that stay at this node while their requests wait elsewhere; each for as long as its caller waits.</summary>
internal sealed class NodePayloads
{
    private readonly ConcurrentDictionary<long, ComputeRequest> _requests = new();
    private long _number = Random.Shared.NextInt64(1L << 62); // So that a number of an earlier run of the silo finds nothing.

    /// <summary>Keeps a request; answers its number.</summary>
    public long Keep(ComputeRequest request)
    {
        var number = Interlocked.Increment(ref _number);
        _requests[number] = request;
        return number;
    }

    public ComputeRequest? Find(long number) => _requests.GetValueOrDefault(number);

    public void Release(long number) => _requests.TryRemove(number, out _);
}
