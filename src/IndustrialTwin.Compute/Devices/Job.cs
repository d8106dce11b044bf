using System.Diagnostics;
using IndustrialTwin.Operations;

namespace IndustrialTwin.Devices;

/// <summary>What jobs must share to be launched together.</summary>
internal readonly record struct BatchKey(Operation Operation, ShapeKey Shape);

/// <summary>One accepted job, without its types.</summary>
internal abstract class Job
{
    private int _ended;

    protected Job(BatchKey key, int windows, bool isSliced, in JobOptions options, DateTimeOffset acceptedAt, long acceptedTimestamp)
    {
        Key = key;
        Windows = windows;
        IsSliced = isSliced;
        Options = options;
        AcceptedAt = acceptedAt;
        AcceptedTimestamp = acceptedTimestamp;
    }

    public BatchKey Key { get; }

    public int Windows { get; }

    public JobOptions Options { get; }

    public DateTimeOffset AcceptedAt { get; }

    public long AcceptedTimestamp { get; }

    /// <summary>Its place among the jobs that came; -1 before the backlog has it.</summary>
    public long Order { get; set; } = -1;

    /// <summary>The next job of its group, until the backlog has it.</summary>
    public Job? Next { get; set; }

    /// <summary>Whether it is launched alone and in slices.</summary>
    public bool IsSliced { get; }

    public bool HasEnded => Volatile.Read(ref _ended) != 0;

    public bool IsSampled => (Options.Parent.TraceFlags & ActivityTraceFlags.Recorded) != 0;

    public bool IsExpired(DateTimeOffset now) => Options.Deadline is { } deadline && deadline <= now;

    /// <summary>Runs jobs of this job's types and key; their results stay in the answer until <see cref="CompleteDone"/>.</summary>
    public abstract object Launch(DeviceOwner owner, IReadOnlyList<Job> batch);

    /// <summary>Begins a sliced job with a form of its own, which outlives what other jobs do to the device's forms.</summary>
    public abstract SlicedProgress Begin(DeviceHardware hardware, TimeSpan wait);

    /// <summary>The results of a run that is finished, as <see cref="Launch"/> would give them.</summary>
    public abstract object ResultsOf(SlicedProgress progress);

    /// <summary>Why a result is not to be handed out although its launch succeeded; null when it is.</summary>
    public abstract string? NonFinite(object results, int index);

    /// <summary>Takes the right to end the job, which is given once.</summary>
    public bool TryTakeEnd() => Interlocked.Exchange(ref _ended, 1) == 0;

    /// <summary>Answers the caller with the job's part of what <see cref="Launch"/> gave. Only after <see cref="TryTakeEnd"/>.</summary>
    public abstract void CompleteDone(object results, int index, in JobTiming timing);

    /// <summary>Answers the caller without a result. Only after <see cref="TryTakeEnd"/>.</summary>
    public abstract void CompleteWithout(JobOutcomeKind kind, in JobTiming timing, string reason);
}

/// <summary>One accepted job and the task its caller awaits.</summary>
internal sealed class Job<TInput, TResult> : Job
{
    private readonly TaskCompletionSource<JobOutcome<TResult>> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Operation<TInput, TResult> _operation;
    private readonly TInput _input;
    private CancellationTokenRegistration _cancellation;

    public Job(
        Operation<TInput, TResult> operation,
        TInput input,
        BatchKey key,
        int windows,
        bool isSliced,
        in JobOptions options,
        DateTimeOffset acceptedAt,
        long acceptedTimestamp)
        : base(key, windows, isSliced, options, acceptedAt, acceptedTimestamp)
    {
        _operation = operation;
        _input = input;
    }

    public Task<JobOutcome<TResult>> Outcome => _outcome.Task;

    /// <summary>Lets the token end the job, and tells the queue when it did.</summary>
    public void EndOn(DeviceQueue queue, CancellationToken token)
    {
        if (!token.CanBeCanceled)
            return;
        _cancellation = token.Register(() =>
        {
            if (!TryTakeEnd())
                return;
            queue.Cancelled(this);
            _outcome.TrySetCanceled(token);
        });
        // The owner may have ended the job before the registration was stored; free it now in that case.
        if (HasEnded)
            _cancellation.Unregister();
    }

    public override object Launch(DeviceOwner owner, IReadOnlyList<Job> batch)
    {
        var inputs = new TInput[batch.Count];
        for (var i = 0; i < inputs.Length; i++)
            inputs[i] = ((Job<TInput, TResult>)batch[i])._input;
        var results = new TResult[inputs.Length];
        owner.FormOf(_operation).Launch(inputs, results);
        return results;
    }

    public override SlicedProgress Begin(DeviceHardware hardware, TimeSpan wait)
    {
        var form = hardware.CreateForm(_operation);
        try
        {
            return form is SlicedForm<TInput, TResult> sliced
                ? new SlicedProgress(form, sliced.Begin(_input), wait)
                : throw new InvalidOperationException(
                    $"Operation '{_operation.Name}' is sliced, but its form {form.GetType().Name} is no {nameof(SlicedForm<,>)}.");
        }
        catch
        {
            form.Dispose();
            throw;
        }
    }

    public override object ResultsOf(SlicedProgress progress) => new[] { ((SlicedRun<TResult>)progress.Run).Result };

    public override string? NonFinite(object results, int index) => _operation.NonFinite(((TResult[])results)[index]);

    public override void CompleteDone(object results, int index, in JobTiming timing) =>
        Complete(JobOutcome<TResult>.Done(((TResult[])results)[index], timing));

    public override void CompleteWithout(JobOutcomeKind kind, in JobTiming timing, string reason) => Complete(kind switch
    {
        JobOutcomeKind.Expired => JobOutcome<TResult>.Expired(timing, reason),
        JobOutcomeKind.Failed => JobOutcome<TResult>.Failed(timing, reason),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "An accepted job without a result is expired or failed."),
    });

    private void Complete(in JobOutcome<TResult> outcome)
    {
        _cancellation.Unregister();
        _outcome.TrySetResult(outcome);
    }
}
