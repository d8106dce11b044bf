using System.Collections.Concurrent;
using IndustrialTwin.Machines;

namespace IndustrialTwin.Samples;

/// <summary>Who a batch is given to: the twin of its machine.</summary>
internal interface ISampleObserver
{
    /// <summary>Gives the batch to its twin; the answer comes after the commit.</summary>
    Task<ObserveReply> ObserveAsync(SampleBatch batch, CancellationToken cancellationToken);
}

/// <summary>Gives batches to the machine grains.</summary>
internal sealed class GrainSampleObserver(IGrainFactory grains) : ISampleObserver
{
    /// <summary>References kept at most. A reference costs more to make than the rest of the call takes here.</summary>
    private const int ReferencesMax = 65_536;

    private readonly ConcurrentDictionary<MachineKey, IMachineGrain> _references = new();
    private int _count;

    // Not cancelled with the caller: what is on its way to the log cannot be called back.
    public Task<ObserveReply> ObserveAsync(SampleBatch batch, CancellationToken cancellationToken) =>
        Reference(batch.Machine).Observe(batch, CancellationToken.None);

    private IMachineGrain Reference(MachineKey machine)
    {
        if (_references.TryGetValue(machine, out var known))
        {
            return known;
        }

        if (Interlocked.Increment(ref _count) > ReferencesMax)
        {
            _references.Clear();
            Interlocked.Exchange(ref _count, 1);
        }

        return _references[machine] = grains.GetGrain<IMachineGrain>(machine.Value);
    }
}
