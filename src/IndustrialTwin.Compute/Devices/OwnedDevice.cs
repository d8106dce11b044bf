using IndustrialTwin.Operations;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Devices;

/// <summary>
/// A device as its callers see it: its queue, and the owner thread of the moment. Launching from several threads gives silently wrong
/// results on OpenCL, and CUDA's context is bound per thread, so one thread opens, launches and closes; a watchdog replaces it when it hangs.
/// </summary>
internal abstract partial class OwnedDevice : IComputeDevice
{
    private readonly DeviceOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DeviceQueue _queue;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _watch = new();
    private volatile DeviceOwner? _owner;
    private volatile DeviceDescription? _description;
    private volatile bool _isStopping;
    private volatile string? _whyStopped;
    private ITimer? _watchdog;
    private int _hungNow;

    protected OwnedDevice(string id, DeviceOptions options, TimeProvider time, ILogger logger)
    {
        options.Validate();
        _options = options;
        _time = time;
        _logger = logger;
        _queue = new DeviceQueue(id, options, time);
    }

    public string Id => _queue.Id;

    public int QueueJobs => _queue.Counters.QueueJobs;

    public DeviceDescription Description => _description ?? throw new InvalidOperationException($"Device '{Id}' is not open.");

    public DeviceStatus Status => _queue.Counters.Snapshot(IsHealthy);

    public bool IsHealthy => _owner is { IsHealthy: true } && !_isStopping;

    /// <summary>Where hardware that counts for itself does so.</summary>
    protected DeviceCounters Counters => _queue.Counters;

    internal bool IsStopping => _isStopping;

    internal string WhyStopped => _whyStopped ?? $"Device '{Id}' is disposed.";

    internal bool IsOpenedBefore => _description is not null;

    /// <summary>Whether a failed launch may have left the hardware unusable.</summary>
    protected internal abstract bool IsRebuiltAfterFailure { get; }

    /// <summary>
    /// What the device is before its hardware has been open; it is then open at once, and broken until the hardware is there. Null where
    /// hardware that does not open means that there is no device.
    /// </summary>
    protected internal virtual DeviceDescription? DescriptionBeforeOpen => null;

    /// <summary>Opens the hardware on the owner thread. The owner that opened it uses it and disposes it.</summary>
    protected internal abstract DeviceHardware OpenHardware();

    /// <summary>Starts the owner thread; the task ends when the device is open, or with the error that kept it from opening.</summary>
    public Task OpenAsync()
    {
        _owner = new DeviceOwner(this, _queue, _time, _logger);
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
        if (!Enum.IsDefined(options.Class))
            throw new ArgumentException($"JobOptions.Class is {options.Class}; expected {string.Join(", ", Enum.GetNames<JobClass>())}.", nameof(options));
        var description = Description;
        if (!description.CanRun(operation))
            throw new ArgumentException($"Operation '{operation.Name}' has no form for device '{Id}' ({description.Kind}).", nameof(operation));
        operation.Validate(input);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<JobOutcome<TResult>>(cancellationToken);

        var now = _time.GetUtcNow();
        if (options.Deadline is { } deadline && deadline <= now)
        {
            _queue.Count(operation, JobOutcomeKind.Expired);
            return ValueTask.FromResult(JobOutcome<TResult>.Expired(Unlaunched, "The deadline had passed on arrival."));
        }

        if (_isStopping)
            return ValueTask.FromResult(Stopped<TResult>(operation));
        var isSliced = operation.IsSliced && (!description.IsArrays || operation.Wire is { IsParted: true }) && operation.IsLong(input);
        if (description.JobBytesMax < long.MaxValue && operation.Wire is { } wire
            && (isSliced && description.IsArrays ? wire.LeastBytesOf(input) : wire.BytesOf(input)) is var bytes && bytes > description.JobBytesMax)
        {
            _queue.Count(operation, JobOutcomeKind.Refused);
            return ValueTask.FromResult(JobOutcome<TResult>.Refused(
                Unlaunched, $"The job's arrays have {bytes} bytes; device '{Id}' takes JobBytesMax = {description.JobBytesMax}."));
        }

        if (!_queue.Counters.TryEnter(_options.QueueJobsMax))
        {
            _queue.Count(operation, JobOutcomeKind.Refused);
            return ValueTask.FromResult(JobOutcome<TResult>.Refused(
                Unlaunched, $"Device '{Id}' has QueueJobsMax = {_options.QueueJobsMax} jobs waiting."));
        }

        var job = new Job<TInput, TResult>(
            operation,
            input,
            new BatchKey(operation, operation.ShapeOf(input)),
            Math.Max(1, operation.WindowsOf(input)),
            isSliced,
            options,
            now,
            _time.GetTimestamp());
        job.EndOn(_queue, cancellationToken);
        if (options.Group?.TryAdd(this, job) != true)
            Accept(job);
        return new ValueTask<JobOutcome<TResult>>(job.Outcome);
    }

    public async ValueTask DisposeAsync()
    {
        Stop(null);
        if (_owner is null)
            return;
        await _closed.Task.ConfigureAwait(false);
    }

    /// <summary>Puts a job and those of its group that follow it into the queue; where that was closed meanwhile they fail.</summary>
    internal void Accept(Job first)
    {
        if (_queue.TryAccept(first))
            return;
        for (var job = first; job is not null; job = job.Next)
        {
            _queue.Counters.Leave();
            _queue.EndUnlaunched(job, JobOutcomeKind.Failed, WhyStopped);
        }
    }

    internal void Opened(DeviceDescription description)
    {
        _description = description;
        var period = TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerMillisecond, _options.LaunchMax.Ticks / 4));
        _watchdog = _time.CreateTimer(_ => Watch(), null, period, period);
        DeviceTelemetry.Opened(this);
        _opened.SetResult();
    }

    internal void Reopened(DeviceDescription description) => _description = description;

    internal void OpenFailed(Exception error)
    {
        Stop($"Device '{Id}' did not open: {error.Message}");
        _closed.TrySetResult();
        _opened.SetException(error);
    }

    /// <summary>The last owner has ended every job and closed the hardware.</summary>
    internal void Closed()
    {
        _watchdog?.Dispose();
        DeviceTelemetry.Closed(this);
        _closed.TrySetResult();
    }

    internal void HungOwnerCameBack()
    {
        Interlocked.Decrement(ref _hungNow);
        LogCameBack(Id);
    }

    /// <summary>Takes the device from an owner that hangs: its jobs fail, and a new owner goes on with the rest.</summary>
    private void Watch()
    {
        lock (_watch)
        {
            var begun = new List<Job>();
            if (_owner is not { } hung || !hung.TrySupersede(_options.LaunchMax, begun))
                return;
            var reason = $"Device '{Id}' is hung: a launch or rebuild has taken longer than LaunchMax = {_options.LaunchMax.TotalSeconds:0.###} s.";
            _queue.Counters.Hung();
            _queue.Counters.Error(reason);
            DeviceTelemetry.Happened(DeviceTelemetry.LaunchesHung, Id);
            LogHung(Id, begun.Count, reason);
            if (Interlocked.Increment(ref _hungNow) > _options.HungLaunchesMax)
                Stop($"{reason} It is closed, since HungLaunchesMax = {_options.HungLaunchesMax} launches hang already.");
            if (!_isStopping)
            {
                _owner = new DeviceOwner(this, _queue, _time, _logger);
                _owner.Start();
            }

            foreach (var job in begun)
                _queue.EndFailed(job, new JobTiming(_time.GetElapsedTime(job.AcceptedTimestamp), _options.LaunchMax, 0, 0, Id), reason);
            if (_isStopping && ReferenceEquals(_owner, hung))
            {
                _queue.EndRemaining(WhyStopped);
                Closed();
            }
        }
    }

    private void Stop(string? why)
    {
        if (!_isStopping)
            _whyStopped = why;
        _isStopping = true;
        _queue.Close();
    }

    private JobTiming Unlaunched => new(TimeSpan.Zero, TimeSpan.Zero, 0, 0, Id);

    private JobOutcome<TResult> Stopped<TResult>(Operation operation)
    {
        _queue.Count(operation, JobOutcomeKind.Failed);
        return JobOutcome<TResult>.Failed(Unlaunched, WhyStopped);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Device {Device} fails {Jobs} jobs: {Reason}")]
    private partial void LogHung(string device, int jobs, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A hung launch of device {Device} came back after the device had been given to a new thread.")]
    private partial void LogCameBack(string device);
}
