using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using IndustrialTwin.Operations;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Devices;

/// <summary>
/// The thread that owns a device's hardware: it opens, launches and closes, and nobody else does. When it hangs it is superseded: a new
/// owner takes the queue, and this one, should it ever come back, closes what it had opened and touches nothing else.
/// </summary>
internal sealed partial class DeviceOwner
{
    private readonly OwnedDevice _device;
    private readonly DeviceQueue _queue;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FormCache _forms;
    private readonly List<Job> _batch = [];
    private readonly Dictionary<Job, SlicedProgress> _runs = [];
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    private DeviceHardware? _hardware;
    private volatile bool _isHealthy;
    private bool _isBusy;
    private bool _isSuperseded;
    private long _busySince;
    private long _rebuildNotBefore;
    private int _rebuildsFailed;

    public DeviceOwner(OwnedDevice device, DeviceQueue queue, TimeProvider time, ILogger logger)
    {
        _device = device;
        _queue = queue;
        _time = time;
        _logger = logger;
        _forms = new FormCache(queue.Options.OperationsMax);
        _thread = new Thread(Own) { IsBackground = true, Name = $"device {queue.Id}" };
    }

    public bool IsHealthy => _isHealthy;

    public void Start() => _thread.Start();

    public OperationForm<TInput, TResult> FormOf<TInput, TResult>(Operation<TInput, TResult> operation) =>
        _forms.Get(operation, Hardware);

    /// <summary>A form that no launch has used: what a device says with one that may be broken proves nothing.</summary>
    public OperationForm<TInput, TResult> FreshFormOf<TInput, TResult>(Operation<TInput, TResult> operation)
    {
        Drop(operation);
        return FormOf(operation);
    }

    /// <summary>
    /// Takes the device from this owner if what it does now has lasted for <paramref name="limit"/>. The jobs it had begun go to
    /// <paramref name="begun"/>; the caller ends them.
    /// </summary>
    public bool TrySupersede(TimeSpan limit, List<Job> begun)
    {
        lock (_gate)
        {
            if (!_isBusy || _isSuperseded || _time.GetElapsedTime(_busySince) < limit)
                return false;
            _isSuperseded = true;
            _isHealthy = false;
            begun.AddRange(_batch);
            begun.AddRange(_runs.Keys.Except(_batch));
            foreach (var job in _batch)
            {
                // Others have left the queue when they were launched.
                if (job.IsSliced)
                    _queue.Counters.Leave();
            }

            return true;
        }
    }

    private DeviceHardware Hardware => _hardware ?? throw new InvalidOperationException($"Device '{_queue.Id}' is not open.");

    private void Own()
    {
        if (_device.IsOpenedBefore)
            Repair();
        else if (!OpenFirst())
            return;
        while (!_isSuperseded && !_device.IsStopping)
        {
            if (!_isHealthy && RebuildWait == TimeSpan.Zero)
                Repair();
            else if (_queue.WaitForJobs(_isHealthy ? Hardware.CheckInterval : RebuildWait) && !_device.IsStopping)
                Work();
            else if (_isHealthy && !_device.IsStopping)
                Check();
        }

        _isHealthy = false;
        if (_isSuperseded)
        {
            TryClose();
            _device.HungOwnerCameBack();
            return;
        }

        EndRuns(_device.WhyStopped);
        _queue.EndRemaining(_device.WhyStopped);
        TryClose();
        _device.Closed();
    }

    /// <summary>Takes one batch and runs it, or fails it at once while the hardware is broken, so that its callers may go elsewhere.</summary>
    private void Work()
    {
        _batch.Clear();
        _queue.TakeBatch(_batch, Forget);
        if (_batch.Count == 0)
            return;
        if (_isHealthy)
        {
            Launch();
            return;
        }

        foreach (var job in _batch)
        {
            _queue.Counters.Leave();
            _queue.EndUnlaunched(
                job, JobOutcomeKind.Failed, $"Device '{_queue.Id}' is broken and not yet rebuilt: {_queue.Counters.LastError}");
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a kernel throws fails its own jobs and nothing else.")]
    private void Launch()
    {
        var operation = _batch[0].Key.Operation;
        var windows = 0;
        var launchAt = _time.GetUtcNow();
        var launchTimestamp = _time.GetTimestamp();
        foreach (var job in _batch)
        {
            windows += job.Windows;
            if (!job.IsSliced)
                _queue.Counters.Leave();
            if (_runs.ContainsKey(job))
                continue;
            DeviceTelemetry.QueueEnded(_queue.Id, job, launchAt, _queue.History, null);
            DeviceTelemetry.Waited(_queue.Id, job, _time.GetElapsedTime(job.AcceptedTimestamp, launchTimestamp));
        }

        object? results = null;
        Exception? failure = null;
        Enter();
        var cpuMs = DeviceTelemetry.Source.HasListeners() ? ThreadTime.Ms : null;
        using (var activity = DeviceTelemetry.LaunchStarted(_queue.Id, _batch, windows, _queue.History))
        {
            try
            {
                results = _batch[0].IsSliced ? Slice(_batch[0], launchTimestamp) : _batch[0].Launch(this, _batch);
            }
            catch (Exception error)
            {
                failure = error;
                activity?.SetStatus(ActivityStatusCode.Error, error.Message);
            }

            cpuMs = cpuMs is null ? null : ThreadTime.Ms - cpuMs;
            activity?.SetTag("thread.cpu_ms", cpuMs);
        }

        if (!TryLeave())
            return;
        var endTimestamp = _time.GetTimestamp();
        var duration = _time.GetElapsedTime(launchTimestamp, endTimestamp);
        _queue.History.Add(operation, _batch[0].Options.Class, windows, launchTimestamp, endTimestamp, cpuMs);
        var isUnfinished = results is null && failure is null;
        _queue.Counters.Launched(isUnfinished ? 0 : windows, duration);
        DeviceTelemetry.Launched(_queue.Id, operation, windows, duration);
        if (isUnfinished)
        {
            _queue.Return(_batch[0]);
            return;
        }

        End(operation, results, failure, windows, launchTimestamp, duration);
    }

    /// <summary>Ends the jobs of a launch, and decides what of the device may still be trusted.</summary>
    private void End(Operation operation, object? results, Exception? failure, int windows, long launchTimestamp, TimeSpan duration)
    {
        var reason = "";
        if (failure is not null)
        {
            reason = $"Operation '{operation.Name}' failed on device '{_queue.Id}': {failure.Message}";
            _queue.Counters.Error(reason);
            LogLaunchFailed(operation.Name, _queue.Id, _batch.Count, failure);
            DropAfterFailure(operation);
        }

        string? suspect = null;
        for (var i = 0; i < _batch.Count; i++)
        {
            var job = _batch[i];
            var wait = _time.GetElapsedTime(job.AcceptedTimestamp, launchTimestamp);
            if (_runs.TryGetValue(job, out var progress))
                (wait, duration) = (progress.Wait, progress.Busy);
            var timing = new JobTiming(wait, duration, _batch.Count, windows, _queue.Id);
            if (results is null)
            {
                _queue.EndFailed(job, timing, reason);
            }
            else if (job.NonFinite(results, i) is { } found)
            {
                suspect = $"Operation '{operation.Name}' gave device '{_queue.Id}' no finite result: {found}.";
                _queue.Counters.NotFinite();
                DeviceTelemetry.Happened(DeviceTelemetry.ResultsNotFinite, _queue.Id);
                _queue.EndFailed(job, timing, suspect);
            }
            else
            {
                _queue.EndDone(job, results, i, timing);
            }

            if (job.IsSliced)
                _queue.Counters.Leave();
            Forget(job);
        }

        if (suspect is not null)
            Suspect(operation, suspect);
    }

    /// <summary>
    /// Steps a sliced job until it is finished, its slice is over, or something has arrived that may be more urgent. Null when it is not
    /// finished.
    /// </summary>
    private object? Slice(Job job, long startTimestamp)
    {
        if (!_runs.TryGetValue(job, out var progress))
        {
            progress = job.Begin(Hardware, _time.GetElapsedTime(job.AcceptedTimestamp, startTimestamp));
            lock (_gate)
                _runs.Add(job, progress);
        }

        try
        {
            while (!progress.Run.Step())
            {
                if (job.HasEnded || (!_queue.Options.IsFifo && (_queue.HasArrivals || _time.GetElapsedTime(startTimestamp) >= _queue.Options.SliceMax)))
                    return null;
                Thread.Yield(); // Whoever waits for this processor has waited for a step, and not for as long as the system lets a thread run.
            }

            return job.ResultsOf(progress);
        }
        finally
        {
            progress.Busy += _time.GetElapsedTime(startTimestamp);
        }
    }

    /// <summary>From here on the watchdog counts.</summary>
    private void Enter()
    {
        lock (_gate)
        {
            _busySince = _time.GetTimestamp();
            _isBusy = true;
        }
    }

    /// <summary>False when the device was taken from this owner meanwhile: it then ends nothing and touches no queue.</summary>
    private bool TryLeave()
    {
        lock (_gate)
        {
            _isBusy = false;
            return !_isSuperseded;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Operation {Operation} failed on device {Device} for {Jobs} jobs.")]
    private partial void LogLaunchFailed(string operation, string device, int jobs, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Device {Device} did not close cleanly.")]
    private partial void LogCloseFailed(string device, Exception error);

    [LoggerMessage(Level = LogLevel.Information, Message = "Device {Device} was rebuilt.")]
    private partial void LogRebuilt(string device);

    [LoggerMessage(Level = LogLevel.Error, Message = "Device {Device} could not be rebuilt: {Reason}")]
    private partial void LogNotRebuilt(string device, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Device {Device} is lost: {Reason}")]
    private partial void LogLost(string device, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Device {Device} is suspect and is checked: {Reason}")]
    private partial void LogSuspect(string device, string reason);
}
