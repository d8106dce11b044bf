using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using IndustrialTwin.Operations;
using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Devices;

/// <content>What the owner thread does.</content>
internal abstract partial class OwnedDevice
{
    [SuppressMessage("Design", "CA1031", Justification = "An error on the owner thread would end the process; it goes to OpenAsync instead.")]
    private void Own()
    {
        try
        {
            _description = OpenHardware();
        }
        catch (Exception error)
        {
            _isStopping = true;
            _arrivals.Writer.TryComplete();
            TryClose();
            _closed.SetResult();
            _opened.SetException(error);
            return;
        }

        _isHealthy = true;
        DeviceTelemetry.Opened(this);
        _opened.SetResult();
        while (Arrive())
        {
            _batch.Clear();
            _dropped.Clear();
            _backlog.TakeBatch(_options.BatchWindowsMax, _time.GetUtcNow(), _batch, _dropped);
            foreach (var job in _dropped)
                EndUnlaunched(job, JobOutcomeKind.Expired, "The deadline passed while the job waited.");
            if (_batch.Count > 0)
                Launch();
        }

        _isHealthy = false;
        EndRemaining();
        DeviceTelemetry.Closed(this);
        TryClose();
        _closed.SetResult();
    }

    /// <summary>Moves arrivals into the backlog and waits while there is nothing; false when the device is to close.</summary>
    private bool Arrive()
    {
        while (true)
        {
            while (_arrivals.Reader.TryRead(out var job))
                _backlog.Add(job);
            if (_isStopping)
                return false;
            if (_backlog.Count > 0)
                return true;
            // The owner has a thread of its own to block; no pool thread waits here.
            if (!_arrivals.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
                return false;
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
            _counters.Leave();
            windows += job.Windows;
            DeviceTelemetry.QueueEnded(Id, job, launchAt, null);
        }

        object? results = null;
        var reason = "";
        using (var activity = DeviceTelemetry.LaunchStarted(Id, _batch, windows))
        {
            try
            {
                Repair();
                results = _batch[0].Launch(this, _batch);
            }
            catch (Exception error)
            {
                reason = $"Operation '{operation.Name}' failed on device '{Id}': {error.Message}";
                activity?.SetStatus(ActivityStatusCode.Error, reason);
                _counters.Error(reason);
                LogLaunchFailed(operation.Name, Id, _batch.Count, error);
                DropAfterFailure(operation);
            }
        }

        var duration = _time.GetElapsedTime(launchTimestamp);
        var deviceTag = new KeyValuePair<string, object?>("device", Id);
        var operationTag = new KeyValuePair<string, object?>("operation", operation.Name);
        _counters.Launched(windows, duration);
        DeviceTelemetry.LaunchDuration.Record(duration.TotalSeconds, deviceTag, operationTag);
        DeviceTelemetry.LaunchWindows.Record(windows, deviceTag, operationTag);
        for (var i = 0; i < _batch.Count; i++)
        {
            var job = _batch[i];
            var wait = _time.GetElapsedTime(job.AcceptedTimestamp, launchTimestamp);
            DeviceTelemetry.QueueWait.Record(wait.TotalSeconds, deviceTag, operationTag);
            if (!job.TryTakeEnd())
                continue;
            // Counted before the caller goes on, so that a status read after an awaited job includes it.
            var timing = new JobTiming(wait, duration, _batch.Count, windows, Id);
            Count(operation, results is null ? JobOutcomeKind.Failed : JobOutcomeKind.Done);
            if (results is null)
                job.CompleteWithout(JobOutcomeKind.Failed, timing, reason);
            else
                job.CompleteDone(results, i, timing);
        }
    }

    private void EndUnlaunched(Job job, JobOutcomeKind kind, string reason)
    {
        _counters.Leave();
        if (!job.TryTakeEnd())
            return;
        var wait = _time.GetElapsedTime(job.AcceptedTimestamp);
        DeviceTelemetry.QueueWait.Record(
            wait.TotalSeconds,
            new KeyValuePair<string, object?>("device", Id),
            new KeyValuePair<string, object?>("operation", job.Key.Operation.Name));
        DeviceTelemetry.QueueEnded(Id, job, _time.GetUtcNow(), reason);
        Count(job.Key.Operation, kind);
        job.CompleteWithout(kind, Unlaunched(wait), reason);
    }

    private void EndRemaining()
    {
        while (_arrivals.Reader.TryRead(out var job))
            _backlog.Add(job);
        while (_backlog.Count > 0)
        {
            _batch.Clear();
            _backlog.TakeBatch(int.MaxValue, DateTimeOffset.MinValue, _batch, _batch);
            foreach (var job in _batch)
                EndUnlaunched(job, JobOutcomeKind.Failed, Disposed);
        }
    }

    /// <summary>After a failure nothing that the launch touched is trusted: its form, and where needed the hardware, are made anew.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "What is broken may not close cleanly; the rebuild is what counts.")]
    private void DropAfterFailure(Operation operation)
    {
        if (IsRebuiltAfterFailure)
        {
            if (_isHealthy)
                _rebuildNotBefore = 0;
            _isHealthy = false;
            return;
        }

        try
        {
            _forms.Drop(operation);
        }
        catch (Exception error)
        {
            LogCloseFailed(Id, error);
        }
    }

    /// <summary>Rebuilds a broken device, at most once in <see cref="DeviceOptions.RebuildInterval"/>.</summary>
    private void Repair()
    {
        if (_isHealthy)
            return;
        var now = _time.GetTimestamp();
        if (_rebuildNotBefore != 0 && now < _rebuildNotBefore)
            throw new InvalidOperationException($"The device is broken and not yet rebuilt: {_counters.LastError}");
        _rebuildNotBefore = now + (long)(_options.RebuildInterval.TotalSeconds * _time.TimestampFrequency) + 1;
        TryClose();
        _description = OpenHardware();
        _isHealthy = true;
        LogRebuilt(Id);
    }

    [SuppressMessage("Design", "CA1031", Justification = "What is broken may not close cleanly; there is nobody left to tell but the log.")]
    private void TryClose()
    {
        try
        {
            _forms.Clear();
        }
        catch (Exception error)
        {
            LogCloseFailed(Id, error);
        }

        try
        {
            CloseHardware();
        }
        catch (Exception error)
        {
            LogCloseFailed(Id, error);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Operation {Operation} failed on device {Device} for {Jobs} jobs.")]
    private partial void LogLaunchFailed(string operation, string device, int jobs, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Device {Device} did not close cleanly.")]
    private partial void LogCloseFailed(string device, Exception error);

    [LoggerMessage(Level = LogLevel.Information, Message = "Device {Device} was rebuilt after a failed launch.")]
    private partial void LogRebuilt(string device);
}
