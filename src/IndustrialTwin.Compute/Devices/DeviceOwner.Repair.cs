using System.Diagnostics.CodeAnalysis;
using IndustrialTwin.Operations;

namespace IndustrialTwin.Devices;

/// <content>How the owner opens, checks, rebuilds and closes.</content>
internal sealed partial class DeviceOwner
{
    /// <summary>What the hardware says of itself, and what is known of its kind: a driver may name operations that are no arrays.</summary>
    private DeviceDescription Description =>
        Hardware is ArrayHardware arrays ? arrays.Description with { IsArrays = true } : Hardware.Description;

    /// <summary>Time until the next attempt to rebuild.</summary>
    private TimeSpan RebuildWait
    {
        get
        {
            var ticks = _rebuildNotBefore - _time.GetTimestamp();
            return _rebuildNotBefore == 0 || ticks <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)ticks / _time.TimestampFrequency);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "An error on the owner thread would end the process; it goes to OpenAsync instead.")]
    private bool OpenFirst()
    {
        if (_device.DescriptionBeforeOpen is { } description)
        {
            _device.Opened(description);
            return true;
        }

        try
        {
            _hardware = _device.OpenHardware();
        }
        catch (Exception error)
        {
            _device.OpenFailed(error);
            return false;
        }

        _isHealthy = true;
        _device.Opened(_hardware.Description);
        return true;
    }

    /// <summary>Opens the hardware anew and asks it for a known result. When that fails, jobs fail until the next attempt.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Drivers fail in ways of their own; each means that the device stays broken.")]
    private void Repair()
    {
        EndRuns($"Device '{_queue.Id}' was rebuilt while the job was under way.");
        _batch.Clear();
        string? reason;
        Enter();
        try
        {
            TryClose();
            _hardware = _device.OpenHardware();
            reason = DeviceProbe.Failure(Description, this);
        }
        catch (Exception error)
        {
            reason = error.Message;
        }

        if (!TryLeave())
            return;
        if (reason is not null)
        {
            var wait = _queue.Options.RebuildWait(_rebuildsFailed++);
            _rebuildNotBefore = _time.GetTimestamp() + (long)(wait.TotalSeconds * _time.TimestampFrequency);
            // A device may be away for days; why is told when it changes.
            if (reason != _queue.Counters.LastError)
                LogNotRebuilt(_queue.Id, reason);
            _queue.Counters.Error(reason);
            return;
        }

        _rebuildsFailed = 0;
        _device.Reopened(Description); // First what it can do, then that it can: who sees it healthy may ask.
        _isHealthy = true;
        _queue.Counters.Rebuilt();
        DeviceTelemetry.Happened(DeviceTelemetry.Rebuilds, _queue.Id);
        LogRebuilt(_queue.Id);
    }

    /// <summary>After a failure nothing that the launch touched is trusted: its form, and where needed the hardware, are made anew.</summary>
    private void DropAfterFailure(Operation operation)
    {
        if (_device.IsRebuiltAfterFailure)
            Break();
        else
            Drop(operation);
    }

    /// <summary>
    /// A result that is not finite comes from an input beyond the operation's range or from a device that computes wrong; a known result
    /// tells which.
    /// </summary>
    [SuppressMessage("Design", "CA1031", Justification = "A device that cannot answer its probe is broken, however it says so.")]
    private void Suspect(Operation operation, string suspect)
    {
        LogSuspect(_queue.Id, suspect);
        _queue.Counters.Error(suspect);
        if (!_isHealthy)
            return;
        Drop(operation);
        string? reason;
        _batch.Clear();
        Enter();
        try
        {
            reason = DeviceProbe.Failure(Description, this);
        }
        catch (Exception error)
        {
            reason = error.Message;
        }

        if (!TryLeave() || reason is null)
            return;
        _queue.Counters.Error($"{suspect} Asked for a known result, {reason}");
        Break();
    }

    /// <summary>Asks idle hardware whether it is still there.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Hardware that cannot answer is lost, however it says so.")]
    private void Check()
    {
        string? reason;
        _batch.Clear();
        Enter();
        try
        {
            reason = Hardware.Failure();
        }
        catch (Exception error)
        {
            reason = error.Message;
        }

        if (!TryLeave() || reason is null)
            return;
        _queue.Counters.Error(reason);
        LogLost(_queue.Id, reason);
        Break();
    }

    /// <summary>The hardware is rebuilt before the next launch, and at once.</summary>
    private void Break()
    {
        if (_isHealthy)
            _rebuildNotBefore = 0;
        _isHealthy = false;
    }

    [SuppressMessage("Design", "CA1031", Justification = "What is broken may not close cleanly; it is not used again.")]
    private void Drop(Operation operation)
    {
        try
        {
            _forms.Drop(operation);
        }
        catch (Exception error)
        {
            LogCloseFailed(_queue.Id, error);
        }
    }

    /// <summary>Sliced jobs under way belong to the hardware they began on.</summary>
    private void EndRuns(string reason)
    {
        foreach (var job in _runs.Keys.ToArray())
        {
            _queue.EndUnlaunched(job, JobOutcomeKind.Failed, reason);
            Forget(job);
        }
    }

    /// <summary>Frees what a sliced job holds on the device.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "What is broken may not close cleanly; it is not used again.")]
    private void Forget(Job job)
    {
        SlicedProgress? progress;
        lock (_gate)
        {
            if (!_runs.Remove(job, out progress))
                return;
        }

        try
        {
            progress.Dispose();
        }
        catch (Exception error)
        {
            LogCloseFailed(_queue.Id, error);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "What is broken may not close cleanly; there is nobody left to tell but the log.")]
    private void TryClose()
    {
        foreach (var job in _runs.Keys.ToArray())
            Forget(job);
        try
        {
            _forms.Clear();
        }
        catch (Exception error)
        {
            LogCloseFailed(_queue.Id, error);
        }

        var hardware = _hardware;
        _hardware = null;
        try
        {
            hardware?.Dispose();
        }
        catch (Exception error)
        {
            LogCloseFailed(_queue.Id, error);
        }
    }
}
