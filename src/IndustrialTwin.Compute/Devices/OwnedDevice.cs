using System.Threading.Channels;
using IndustrialTwin.Operations;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Devices;

/// <summary>
/// The queue, the batches and the life of a device. One thread opens, launches and closes; everything else talks to it through a
/// bounded channel. Launching from several threads gives silently wrong results on OpenCL, and CUDA's context is bound per thread.
/// </summary>
internal abstract partial class OwnedDevice : IComputeDevice
{
    private readonly DeviceOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<Job> _arrivals;
    private readonly Backlog _backlog = new();
    private readonly DeviceCounters _counters = new();
    private readonly FormCache _forms;
    private readonly List<Job> _batch = [];
    private readonly List<Job> _dropped = [];
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _owner;
    private DeviceDescription? _description;
    private volatile bool _isHealthy;
    private volatile bool _isStopping;
    private long _rebuildNotBefore;

    protected OwnedDevice(string id, DeviceOptions options, TimeProvider time, ILogger logger)
    {
        options.Validate();
        Id = id;
        _options = options;
        _time = time;
        _logger = logger;
        _forms = new FormCache(options.OperationsMax);
        // The counter admits at most QueueJobsMax, so a write into this channel can only fail after its completion.
        _arrivals = Channel.CreateBounded<Job>(new BoundedChannelOptions(options.QueueJobsMax) { SingleReader = true });
        _owner = new Thread(Own) { IsBackground = true, Name = $"device {id}" };
    }

    public string Id { get; }

    public int QueueJobs => _counters.QueueJobs;

    public DeviceDescription Description => _description ?? throw new InvalidOperationException($"Device '{Id}' is not open.");

    public DeviceStatus Status => _counters.Snapshot(_isHealthy);

    /// <summary>Starts the owner thread; the task ends when the device is open, or with the error that kept it from opening.</summary>
    public Task OpenAsync()
    {
        _owner.Start();
        return _opened.Task;
    }

    public ValueTask<JobOutcome<TResult>> RunAsync<TInput, TResult>(
        Operation<TInput, TResult> operation,
        TInput input,
        JobOptions options = default,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(operation);
        if (!operation.CanRunOn(Description))
            throw new ArgumentException($"Operation '{operation.Name}' has no form for device '{Id}' ({Description.Kind}).", nameof(operation));
        operation.Validate(input);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<JobOutcome<TResult>>(cancellationToken);

        var now = _time.GetUtcNow();
        if (options.Deadline is { } deadline && deadline <= now)
        {
            Count(operation, JobOutcomeKind.Expired);
            return ValueTask.FromResult(JobOutcome<TResult>.Expired(Unlaunched(TimeSpan.Zero), "The deadline had passed on arrival."));
        }

        if (_isStopping)
        {
            Count(operation, JobOutcomeKind.Failed);
            return ValueTask.FromResult(JobOutcome<TResult>.Failed(Unlaunched(TimeSpan.Zero), Disposed));
        }

        if (!_counters.TryEnter(_options.QueueJobsMax))
        {
            Count(operation, JobOutcomeKind.Refused);
            return ValueTask.FromResult(JobOutcome<TResult>.Refused(
                Unlaunched(TimeSpan.Zero), $"Device '{Id}' has QueueJobsMax = {_options.QueueJobsMax} jobs waiting."));
        }

        var job = new Job<TInput, TResult>(
            operation,
            input,
            new BatchKey(operation, operation.ShapeOf(input)),
            Math.Max(1, operation.WindowsOf(input)),
            options,
            now,
            _time.GetTimestamp());
        if (!_arrivals.Writer.TryWrite(job))
        {
            _counters.Leave();
            Count(operation, JobOutcomeKind.Failed);
            return ValueTask.FromResult(JobOutcome<TResult>.Failed(Unlaunched(TimeSpan.Zero), Disposed));
        }

        job.EndOn(this, cancellationToken);
        return new ValueTask<JobOutcome<TResult>>(job.Outcome);
    }

    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        _arrivals.Writer.TryComplete();
        if ((_owner.ThreadState & ThreadState.Unstarted) != 0)
            return;
        await _closed.Task.ConfigureAwait(false);
    }

    internal OperationForm<TInput, TResult> FormOf<TInput, TResult>(Operation<TInput, TResult> operation) =>
        _forms.Get(operation, CreateForm);

    internal void JobCancelled(Job job)
    {
        _counters.Cancelled();
        DeviceTelemetry.JobEnded(Id, job.Key.Operation.Name, "cancelled");
    }

    /// <summary>Opens the hardware on the owner thread.</summary>
    protected abstract DeviceDescription OpenHardware();

    /// <summary>Closes the hardware on the owner thread; also called before it is opened anew.</summary>
    protected abstract void CloseHardware();

    /// <summary>Makes an operation's form on the owner thread.</summary>
    protected abstract OperationForm<TInput, TResult> CreateForm<TInput, TResult>(Operation<TInput, TResult> operation);

    /// <summary>Whether a failed launch may have left the hardware unusable.</summary>
    protected abstract bool IsRebuiltAfterFailure { get; }

    private string Disposed => $"Device '{Id}' is disposed.";

    private JobTiming Unlaunched(TimeSpan wait) => new(wait, TimeSpan.Zero, 0, 0, Id);

    private void Count(Operation operation, JobOutcomeKind kind)
    {
        _counters.Ended(kind);
        DeviceTelemetry.JobEnded(Id, operation.Name, OutcomeName(kind));
    }

    private static string OutcomeName(JobOutcomeKind kind) => kind switch
    {
        JobOutcomeKind.Done => "done",
        JobOutcomeKind.Expired => "expired",
        JobOutcomeKind.Refused => "refused",
        _ => "failed",
    };
}
