namespace IndustrialTwin.Devices;

/// <summary>
/// Waiting jobs, first come first served, kept in one queue a batch key so that a batch is taken without a search.
/// Used by the owner thread alone.
/// </summary>
internal sealed class Backlog
{
    private readonly Dictionary<BatchKey, Queue<(long Order, Job Job)>> _queues = [];
    private long _order;

    public int Count { get; private set; }

    public void Add(Job job)
    {
        if (!_queues.TryGetValue(job.Key, out var queue))
            _queues.Add(job.Key, queue = new());
        queue.Enqueue((_order++, job));
        Count++;
    }

    /// <summary>
    /// Moves the oldest job and the jobs of its key that follow it into <paramref name="batch"/>, up to
    /// <paramref name="windowsMax"/> windows. Ended and expired jobs go to <paramref name="dropped"/> and do not count.
    /// </summary>
    public void TakeBatch(int windowsMax, DateTimeOffset now, List<Job> batch, List<Job> dropped)
    {
        Queue<(long Order, Job Job)>? oldest = null;
        var order = long.MaxValue;
        foreach (var queue in _queues.Values)
        {
            if (queue.Peek().Order < order)
                (oldest, order) = (queue, queue.Peek().Order);
        }

        if (oldest is null)
            return;
        var key = oldest.Peek().Job.Key;
        var windows = 0;
        while (oldest.TryPeek(out var next))
        {
            if (next.Job.HasEnded || next.Job.IsExpired(now))
            {
                dropped.Add(next.Job);
            }
            else
            {
                if (batch.Count > 0 && windows + (long)next.Job.Windows > windowsMax)
                    break;
                windows += next.Job.Windows;
                batch.Add(next.Job);
            }

            oldest.Dequeue();
            Count--;
        }

        if (oldest.Count == 0)
            _queues.Remove(key);
    }
}
