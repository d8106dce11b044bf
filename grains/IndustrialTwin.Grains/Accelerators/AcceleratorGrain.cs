using IndustrialTwin.Devices;
using IndustrialTwin.Nodes;
using IndustrialTwin.Samples;
using IndustrialTwin.Work;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Placement;

namespace IndustrialTwin.Accelerators;

/// <summary>
/// The twin of one device. It pulls batched work from the queues, bids for jobs and takes them over from others; the device itself
/// orders and launches what it is given.
/// </summary>
[GrainType("itwin.accelerator"), NodePlacement, Immovable, KeepAlive]
internal sealed class AcceleratorGrain : Grain, IAcceleratorGrain, IDisposable
{
    private readonly AcceleratorKey _accelerator;
    private readonly NodeDevices _devices;
    private readonly TimeProvider _clock;
    private readonly KernelCosts _costs = new();
    private readonly DeviceRun _run;
    private readonly WorkPuller _puller;
    private readonly JobBook _jobs;
    private readonly JobThief _thief;
    private readonly CancellationTokenSource _stop = new();
    private Task? _stealing;

    public AcceleratorGrain(
        IGrainContext context,
        IGrainFactory grains,
        NodeDevices devices,
        NodePayloads payloads,
        GridDirectory directory,
        IOptions<WorkOptions> options,
        TimeProvider clock,
        ILogger<AcceleratorGrain> logger)
    {
        _accelerator = AcceleratorKey.Parse(context.GrainId.Key.ToString()!);
        (_devices, _clock) = (devices, clock);
        _run = new DeviceRun(_accelerator, devices, payloads, grains);
        _puller = new WorkPuller(_accelerator, _run, _costs, grains, options.Value, clock, logger);
        _jobs = new JobBook(_run, _costs, options.Value, clock);
        _thief = new JobThief(_accelerator, _jobs, _costs, directory, grains, options.Value, clock, logger);
    }

    /// <summary>The device; looked up by the calls, so that they are answered with what is wrong with it and not with a failed activation.</summary>
    private IComputeDevice Device => _devices.DeviceOf(_accelerator);

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _puller.Stop();
        await _stop.CancelAsync();
        if (_stealing is { } stealing)
        {
            await stealing.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    /// <inheritdoc/>
    public Task Open(WorkQueueKey[] queues)
    {
        ArgumentNullException.ThrowIfNull(queues);
        _stealing ??= _thief.RunAsync(_stop.Token);
        foreach (var queue in queues.Except(_puller.Queues))
        {
            _puller.Serve(queue);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Serve(WorkQueueKey queue)
    {
        _puller.Serve(queue);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<bool> Wake(WorkQueueKey queue) => Task.FromResult(_puller.Wake(queue));

    /// <inheritdoc/>
    public Task<JobBid> Bid(JobDemand demand)
    {
        if (!Device.Status.IsHealthy)
        {
            return Task.FromResult(new JobBid(long.MaxValue, IsRefused: true));
        }

        var deadlineUs = demand.Deadline is { } deadline ? UnixTime.Of(deadline) : long.MaxValue;
        var bid = _jobs.Bid(demand.Kernel, demand.Units, deadlineUs, _puller.FreeUs);
        return Task.FromResult(new JobBid(bid.FinishUs - _clock.NowUs(), bid.IsRefused));
    }

    /// <inheritdoc/>
    public Task<ComputeReply> RunJob(ComputeRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _jobs.RunAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<StolenJob> Steal(AcceleratorKey thief, KernelCost[] costs)
    {
        ArgumentNullException.ThrowIfNull(costs);
        return Task.FromResult(_jobs.Steal(costs.ToDictionary(known => known.Kernel, known => known.Cost.ToEstimate())));
    }

    /// <inheritdoc/>
    public Task CompleteStolen(long number, ComputeReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        _jobs.Complete(number, reply);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<ComputeReply> Run(ComputeRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _run.RunAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<AcceleratorSnapshot> GetSnapshot()
    {
        var (device, status) = (Device.Description, Device.Status);
        return Task.FromResult(new AcceleratorSnapshot(
            _accelerator,
            device.Kind.ToString(),
            device.Name,
            status.IsHealthy,
            device.MemoryBytes,
            status.QueueJobs,
            status.JobsDone,
            status.JobsExpired,
            status.JobsRefused,
            status.JobsFailed,
            status.Launches,
            status.Windows,
            status.BusyTime.TotalMilliseconds,
            status.LastError)
        {
            Queues = [.. _puller.Queues],
            BatchesPulled = _puller.Batches,
            JobsWon = _jobs.Won,
            JobsStolen = _thief.Stolen,
            PredictionErrorP99 = _costs.ErrorP99,
        });
    }
}
