using System.Numerics.Tensors;

namespace IndustrialTwin.Samples;

/// <summary>A committed batch on its way to the analyses.</summary>
/// <param name="Position">Its position in the log.</param>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Its good samples.</param>
/// <param name="SamplesQuarantined">How many samples went to quarantine.</param>
/// <param name="TraceParent">The trace it belongs to, or null.</param>
internal sealed record CommittedBatch(
    long Position, BatchName Name, SampleColumn[] Columns, int SamplesQuarantined, string? TraceParent)
{
    /// <summary>The newest time in it, or <see cref="long.MinValue"/> when every sample was bad.</summary>
    public long LastUs { get; } = Newest(Columns);

    private static long Newest(SampleColumn[] columns)
    {
        var newest = long.MinValue;
        long[]? shared = null;
        foreach (var column in columns)
        {
            if (!ReferenceEquals(column.TimesUs, shared) && column.TimesUs.Length > 0)
            {
                shared = column.TimesUs;
                newest = Math.Max(newest, TensorPrimitives.Max<long>(shared));
            }
        }

        return newest;
    }
}

/// <summary>
/// Puts the batches of one source back in sequence order. A batch ahead of a gap waits until the gap is filled, until event time
/// has gone <c>latenessMax</c> beyond it, or until too many wait.
/// </summary>
internal sealed class ReorderBuffer
{
    /// <summary>Batches that wait at most.</summary>
    public const int BatchesMax = 256;

    private readonly SortedList<long, CommittedBatch> _waiting = new(0);
    private long _epoch = -1;
    private long _next;

    public ReorderBuffer()
    {
    }

    public ReorderBuffer(long epoch, long next)
    {
        _epoch = epoch;
        _next = next;
    }

    public long Epoch => _epoch;

    public long Next => _next;

    /// <summary>The batches that wait for a gap to fill.</summary>
    public IEnumerable<CommittedBatch> Waiting => _waiting.Values;

    /// <summary>Takes a batch and hands on, in order, all that need wait no longer.</summary>
    public void Add(CommittedBatch batch, long newestUs, long latenessUs, List<CommittedBatch> ready)
    {
        if (batch.Name.Epoch > _epoch)
        {
            ready.AddRange(_waiting.Values);
            _waiting.Clear();
            _epoch = batch.Name.Epoch;
            _next = 0;
        }

        if (batch.Name.Epoch < _epoch || batch.Name.Sequence < _next)
        {
            ready.Add(batch);
            return;
        }

        if (batch.Name.Sequence == _next && _waiting.Count == 0)
        {
            _next++;
            ready.Add(batch);
            return;
        }

        _waiting[batch.Name.Sequence] = batch;
        Release(newestUs, latenessUs, ready);
    }

    /// <summary>Puts a batch back that waited when the state was stored.</summary>
    public void Restore(CommittedBatch batch) => _waiting[batch.Name.Sequence] = batch;

    /// <summary>Hands on, in order, the batches that event time allows to wait no longer.</summary>
    public void Release(long newestUs, long latenessUs, List<CommittedBatch> ready)
    {
        while (_waiting.Count > 0)
        {
            var first = _waiting.Values[0];
            var waitedEnough = first.LastUs == long.MinValue || newestUs - first.LastUs >= latenessUs;
            if (first.Name.Sequence != _next && !waitedEnough && _waiting.Count <= BatchesMax)
            {
                return;
            }

            _waiting.RemoveAt(0);
            _next = first.Name.Sequence + 1;
            ready.Add(first);
        }
    }
}
