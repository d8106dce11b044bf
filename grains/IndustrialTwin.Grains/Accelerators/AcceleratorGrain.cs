using IndustrialTwin.Devices;
using IndustrialTwin.Kernels;
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
internal sealed partial class AcceleratorGrain : Grain, IAcceleratorGrain, IDisposable
{
    /// <summary>Kernels that are tried because of a bid: a name may come from anywhere.</summary>
    private const int TriedMax = 1_024;

    private readonly AcceleratorKey _accelerator;
    private readonly KernelCatalogue _catalogue;
    private readonly NodeDevices _devices;
    private readonly IGrainFactory _grains;
    private readonly GridDirectory _directory;
    private readonly WorkOptions _options;
    private readonly ILogger<AcceleratorGrain> _logger;
    private readonly TimeProvider _clock;
    private readonly KernelCosts _costs = new();
    private readonly DeviceRun _run;
    private readonly WorkPuller _puller;
    private readonly JobBook _jobs;
    private readonly JobThief _thief;
    private readonly CancellationTokenSource _stop = new();
    private readonly Queue<(string Kernel, WorkQueueKey? Queue)> _toTry = [];
    private readonly HashSet<string> _tried = [];
    private Task? _stealing;
    private Task _trying = Task.CompletedTask;

    public AcceleratorGrain(
        IGrainContext context,
        IGrainFactory grains,
        KernelCatalogue catalogue,
        NodeDevices devices,
        NodePayloads payloads,
        GridDirectory directory,
        IOptions<WorkOptions> options,
        TimeProvider clock,
        ILogger<AcceleratorGrain> logger)
    {
        _accelerator = AcceleratorKey.Parse(context.GrainId.Key.ToString()!);
        (_catalogue, _devices, _grains, _directory, _options, _clock, _logger) = (catalogue, devices, grains, directory, options.Value, clock, logger);
        _run = new DeviceRun(_accelerator, catalogue, devices, payloads, grains);
        _puller = new WorkPuller(_accelerator, _run, _costs, grains, options.Value, clock, logger, _stop.Token);
        _jobs = new JobBook(catalogue, _run, _costs, options.Value, clock, _puller.JobUntil);
        _thief = new JobThief(_accelerator, _jobs, _costs, directory, grains, options.Value, clock, logger);
    }

    /// <summary>The device; looked up by the calls, so that they are answered with what is wrong with it and not with a failed activation.</summary>
    private IComputeDevice Device => _devices.DeviceOf(_accelerator);

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        _jobs.Stop();
        await Task.WhenAll(_puller.StopAsync(), _stealing ?? Task.CompletedTask, _trying).WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    /// <inheritdoc/>
    public Task Open(WorkQueueKey[] queues)
    {
        ArgumentNullException.ThrowIfNull(queues);
        _stealing ??= _thief.RunAsync(_stop.Token);
        foreach (var queue in queues)
        {
            Know(queue);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<LaunchCost> Serve(WorkQueueKey queue)
    {
        if (_directory.Serves(queue))
        {
            Know(queue);
        }

        return Task.FromResult(_costs.Of(queue.Kernel).ToCost());
    }

    /// <inheritdoc/>
    public Task<bool> Give(WorkQueueKey queue, WorkBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return Task.FromResult(_directory.Serves(queue) && _puller.Give(queue, batch));
    }

    /// <inheritdoc/>
    public Task<JobBid> Bid(JobDemand demand)
    {
        if (!Device.Status.IsHealthy)
        {
            return Task.FromResult(new JobBid(long.MaxValue, IsRefused: true));
        }

        if (_tried.Count < TriedMax && !_costs.IsMeasured(demand.Kernel) && _tried.Add(demand.Kernel))
        {
            Try(demand.Kernel, null); // This bid is a guess; the next ones are not.
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

    /// <summary>Serves a queue from now on; one that is new hears what its launches cost here as soon as they have been tried.</summary>
    private void Know(WorkQueueKey queue)
    {
        if (_puller.Serve(queue))
        {
            Try(queue.Kernel, queue);
        }
    }

    private void Try(string kernel, WorkQueueKey? queue)
    {
        _toTry.Enqueue((kernel, queue));
        if (_trying.IsCompleted)
        {
            _trying = TryKernelsAsync();
        }
    }

    private async Task TryKernelsAsync()
    {
        while (_toTry.TryDequeue(out var next) && !_stop.IsCancellationRequested)
        {
            var (kernel, queue) = next;
            try
            {
                if (!_costs.IsMeasured(kernel) && _catalogue.BindingOf(kernel) is { } binding)
                {
                    await KernelTrial.RunAsync(binding, kernel, _run, _costs, _options.BatchUnitsMax, _stop.Token);
                }

                if (queue is { } served)
                {
                    await _grains.GetGrain<IWorkQueueGrain>(served.Value).Calibrate(_accelerator, _costs.Of(kernel).ToCost());
                }
            }
            catch (Exception fault)
            {
                LogUntried(_accelerator, kernel, fault.Message); // The costs are learned from what it runs.
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Accelerator}: what {Kernel} costs could not be tried or told ({Detail}).")]
    private partial void LogUntried(AcceleratorKey accelerator, string kernel, string detail);
}
