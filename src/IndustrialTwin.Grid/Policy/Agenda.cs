using System.Diagnostics.CodeAnalysis;

namespace IndustrialTwin.Policy;

/// <summary>What an accelerator runs next.</summary>
public enum AgendaKind
{
    /// <summary>There is nothing to run.</summary>
    Nothing,

    /// <summary>A job of the agenda: a control request, or a job that was bid for.</summary>
    Job,

    /// <summary>The batch in hand.</summary>
    Batch,
}

/// <summary>
/// What one accelerator has taken and not begun: control requests and jobs in deadline order, and at most one batch in hand. Control
/// goes first; between a job and the batch, what must start earlier. Nothing is begun that would be late.
/// </summary>
/// <typeparam name="TItem">What is asked for.</typeparam>
/// <param name="itemsMax">Jobs that may wait.</param>
public sealed class Agenda<TItem>(int itemsMax)
{
    private readonly EdfQueue<TItem> _jobs = new(itemsMax);
    private readonly List<Work<TItem>> _batch = [];
    private CostEstimate _batchCost;
    private long _batchUnits;

    /// <summary>Jobs that wait.</summary>
    public int Jobs => _jobs.Count;

    /// <summary>Predicted time of the jobs that wait, microseconds.</summary>
    public long JobsUs => _jobs.Units;

    /// <summary>Whether there is a batch in hand.</summary>
    public bool HasBatch => _batch.Count > 0;

    /// <summary>Predicted time of the batch in hand, microseconds.</summary>
    public long BatchUs => HasBatch ? _batchCost.PredictUs(_batchUnits) : 0;

    /// <summary>Whether there is nothing at all.</summary>
    public bool IsEmpty => Jobs == 0 && !HasBatch;

    /// <summary>Adds a job or control request; its units are its predicted microseconds. False when too many wait.</summary>
    public bool TryAdd(TItem item, in WorkTerms terms) => _jobs.TryAdd(item, terms, out _);

    /// <summary>Predicted time of what would run before a new job, microseconds.</summary>
    public long AheadUs(RequestClass @class, long deadlineUs) =>
        _jobs.UnitsAhead(@class, deadlineUs) + (@class == RequestClass.Control ? 0 : BatchUs);

    /// <summary>Takes a batch in hand.</summary>
    /// <exception cref="InvalidOperationException">There is one.</exception>
    public void Hold(IReadOnlyList<Work<TItem>> batch, CostEstimate cost)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (HasBatch)
            throw new InvalidOperationException("The accelerator has a batch in hand already.");
        (_batchCost, _batchUnits) = (cost, 0);
        for (var i = 0; i < batch.Count; i++)
        {
            _batch.Add(batch[i]);
            _batchUnits += batch[i].Terms.Units;
        }
    }

    /// <summary>
    /// What to run now. What would be late by now goes to <paramref name="dropped"/>; a job then is in <paramref name="job"/>, a batch
    /// in <paramref name="batch"/>.
    /// </summary>
    /// <param name="nowUs">The time.</param>
    /// <param name="job">The job to run.</param>
    /// <param name="batch">Receives the batch to run; emptied first.</param>
    /// <param name="dropped">Receives what has expired.</param>
    public AgendaKind Next(long nowUs, out Work<TItem> job, List<Work<TItem>> batch, ICollection<Work<TItem>> dropped)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(dropped);
        batch.Clear();
        job = default;
        while (_jobs.TryPeek(out var item, out var terms) && nowUs + terms.Units > terms.DeadlineUs)
        {
            _jobs.TryTake(out _, out _);
            dropped.Add(new Work<TItem>(item, terms));
        }

        TrimBatch(nowUs, dropped);
        if (_jobs.TryPeek(out var first, out var firstTerms)
            && (!HasBatch || firstTerms.Class == RequestClass.Control || firstTerms.DeadlineUs - firstTerms.Units <= _batch[0].Terms.DeadlineUs - BatchUs))
        {
            _jobs.TryTake(out _, out _);
            job = new Work<TItem>(first, firstTerms);
            return AgendaKind.Job;
        }

        if (!HasBatch)
            return AgendaKind.Nothing;
        batch.AddRange(_batch);
        _batch.Clear();
        return AgendaKind.Batch;
    }

    /// <summary>Gives the job that runs first to a thief; control requests stay.</summary>
    /// <param name="ownerStartUs">When this accelerator could start it.</param>
    /// <param name="thiefStartUs">When the thief could.</param>
    /// <param name="thiefRatio">The job's time at the thief over its time here.</param>
    /// <param name="work">The job.</param>
    public bool TryGive(long ownerStartUs, long thiefStartUs, double thiefRatio, [MaybeNullWhen(false)] out Work<TItem> work)
    {
        work = default;
        if (!_jobs.TryFind(EdfPlace.First(RequestClass.Monitor, long.MinValue), out var item, out var terms, out var place)
            || !BidPolicy.IsStolen(ownerStartUs + terms.Units, thiefStartUs + (long)(terms.Units * thiefRatio), terms.DeadlineUs))
        {
            return false;
        }

        work = new Work<TItem>(item, terms);
        return _jobs.TryRemove(place);
    }

    /// <summary>Empties the agenda, such as when the device broke.</summary>
    public void Clear(ICollection<Work<TItem>> left)
    {
        ArgumentNullException.ThrowIfNull(left);
        while (_jobs.TryTake(out var item, out var terms))
            left.Add(new Work<TItem>(item, terms));
        foreach (var work in _batch)
            left.Add(work);
        _batch.Clear();
    }

    private void TrimBatch(long nowUs, ICollection<Work<TItem>> dropped)
    {
        var kept = 0;
        for (var i = 0; i < _batch.Count; i++)
        {
            if (nowUs + _batchCost.PredictUs(_batchUnits) <= _batch[i].Terms.DeadlineUs)
            {
                _batch[kept++] = _batch[i];
                continue;
            }

            _batchUnits -= _batch[i].Terms.Units;
            dropped.Add(_batch[i]);
        }

        _batch.RemoveRange(kept, _batch.Count - kept);
    }
}
